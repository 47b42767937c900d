"""How a gateway may differ from the reference: wrongly, as a `Defect`, or rightly, as a `Variant`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour

Patch = Callable[["Behaviour"], "Behaviour"]


@dataclass(frozen=True)
class Defect:
    """One thing that a gateway does wrong, and the requirements that a run must blame for it.

    Attributes:
        id: its name on the command line.
        sentence: what the gateway does.
        breaks: the requirements that a run blames, and no others. The clause of the first one
            names the module that the defect lies in.
        patch: makes a gateway's behaviour defective.
        primary: the kind of the credential that a run uses throughout, where the defect lies in
            how another kind is read.
        profile: the smallest profile of a run that finds it.
        widespread: it breaks the plain request, so that other requirements fail beside `breaks`.
        observed: it lies in what is sent to the provider, so that only a run which plays the
            provider (`--observe`) sees it.
        declare: what its operator tells the suite, as arguments of `conformance run`.
        causes: how many findings a run makes of it, if it is more than one fault.
    """

    id: str
    sentence: str
    breaks: tuple[str, ...]
    patch: Patch
    primary: str = "virtual-key"
    profile: str = "core"
    widespread: bool = False
    observed: bool = False
    declare: tuple[str, ...] = ()
    causes: int = 1


def observed(
    id_: str,
    sentence: str,
    breaks: tuple[str, ...],
    patch: Patch,
    profile: str = "core",
    *,
    causes: int = 1,
) -> Defect:
    """Return a defect that only a run which plays the provider sees."""
    return Defect(id_, sentence, breaks, patch, profile=profile, observed=True, causes=causes)


@dataclass(frozen=True)
class Variant:
    """A gateway that differs from the reference and conforms: no run may blame it.

    Attributes:
        id: its name on the command line.
        sentence: what the gateway does.
        patch: makes a gateway's behaviour differ.
        warns: the SHOULDs that a run warns of.
        declare: what its operator tells the suite, as arguments of `conformance run`.
        observed: it differs in what it sends to the provider.
    """

    id: str
    sentence: str
    patch: Patch
    warns: tuple[str, ...] = ()
    declare: tuple[str, ...] = ()
    observed: bool = False
