"""How a check is tied to its requirement and to the requests that it reads.

    @verifies("N-2")
    @sends([fault(variation(n=n), control=variation(n=1)) for n in (0, 11)])
    def test_n_outside_one_to_ten_is_refused(exchange): ...

The decorators build one frozen `Declaration`; `declaration_of` reads it. What a check takes as
arguments (its fixtures) has to agree with it: `tests/judging/test_declare.py` holds them together.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from conformance.contract import contract
from conformance.errors import ConformanceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.cases.spec import RunFacts, Spec
    from conformance.contract.profiles import Profile

Check = Callable[..., None]
Record = Callable[[str], None]
# What a check looks at: its own exchanges, each answer of the run, or each call to the provider.
Reads = Literal["own", "every answer", "provider calls"]
Cases = dict[str, dict[str, "Spec"]]

ATTRIBUTE = "declaration"
# The name of the one case of a check that reads several requests together.
TOGETHER = "together"


class DeclarationError(ConformanceError):
    """A check is tied to an id that the contract does not have."""


@dataclass(frozen=True)
class Declaration:
    """What a check declares before anything is sent: its id, its requests and what it reads.

    `specs` are the requests that it runs for, one at a time, or a function that returns them;
    `cases` are those that it reads together, by the name of the case. `probes` says that the check
    may ask for more evidence, `busy` that it also reads the answers which say only that too many
    requests came, `faults` that it also reads the answers to requests which asked the provider to fail,
    `bulk` that it judges further examples, `property_case` that the seed
    draws its requests and a failing one is shrunk.
    """

    id: str = ""
    profile: Profile = "core"
    reads: Reads = "own"
    probes: bool = False
    busy: bool = False
    faults: bool = False
    bulk: bool = False
    property_case: bool = False
    specs: tuple[Spec, ...] | Callable[[RunFacts], Iterable[Spec]] | None = None
    cases: Mapping[str, Mapping[str, Spec]] = field(default_factory=dict)

    def specs_for(self, facts: RunFacts) -> list[Spec]:
        """Return the requests that the check runs for, one at a time, in a run."""
        if self.specs is None:
            return []
        return list(self.specs(facts) if callable(self.specs) else self.specs)

    @property
    def known_specs(self) -> tuple[Spec, ...]:
        """The requests that are known without a run: all but those that a function returns."""
        alone = () if self.specs is None or callable(self.specs) else self.specs
        return (*alone, *(spec for case in self.cases.values() for spec in case.values()))


def declaration_of(check: object) -> Declaration | None:
    """Return what a check declares, or None for a function that is no check."""
    found = getattr(check, "__dict__", {}).get(ATTRIBUTE)
    return found if isinstance(found, Declaration) else None


def verifies(
    requirement: str,
    *,
    profile: Profile = "core",
    reads: Reads = "own",
    probes: bool = False,
    busy: bool = False,
    faults: bool = False,
    bulk: bool = False,
    property_case: bool = False,
) -> Callable[[Check], Check]:
    """Tie a check to the requirement that it verifies.

    Args:
        requirement: an id of the contract.
        profile: the smallest profile that runs it.
        reads: what it looks at: its own exchanges, every answer, or every call to the provider.
        probes: whether it may ask for more evidence; such checks are judged last.
        busy: whether it also reads answers that say only that too many requests came (429): they
            are no verdict on a request, but may leak something.
        faults: whether it also reads the answers to requests that asked the provider to fail, which
            the checks of PROVIDER judge otherwise.
        bulk: whether it judges further examples, those of `--examples`.
        property_case: whether the seed draws its requests, and a failing one is shrunk.

    Raises:
        DeclarationError: the contract has no such requirement.
    """
    known = contract.load().requirements
    if requirement not in known:
        raise DeclarationError(
            f'@verifies("{requirement}"): the contract has no such requirement{_near(requirement, known)};'
            " correct the id, or add it beside its clause in openapi/image-variations.yaml"
        )
    return _declaring(
        id=requirement,
        profile=profile,
        reads=reads,
        probes=probes,
        busy=busy,
        faults=faults,
        bulk=bulk,
        property_case=property_case,
    )


def observes(
    observation: str,
    *,
    profile: Profile = "core",
    reads: Reads = "own",
    probes: bool = False,
    faults: bool = False,
) -> Callable[[Check], Check]:
    """Tie a check to an open matter: the check calls `record` and never judges the gateway.

    Args:
        observation: an id of the contract's `x-observations`.
        profile: the smallest profile that runs it.
        reads: what it looks at, as for `verifies`.
        probes: whether it may ask for more evidence, as for `verifies`.
        faults: whether it also reads what answers an ordered failure, as for `verifies`.

    Raises:
        DeclarationError: the contract has no such open matter.
    """
    known = contract.load().observations
    if observation not in known:
        raise DeclarationError(
            f'@observes("{observation}"): the contract has no such open matter{_near(observation, known)};'
            " correct the id, or add it to x-observations in openapi/image-variations.yaml"
        )
    return _declaring(id=observation, profile=profile, reads=reads, probes=probes, faults=faults)


def sends(
    specs: Iterable[Spec] | Callable[[RunFacts], Iterable[Spec]],
) -> Callable[[Check], Check]:
    """Name the requests of a check: it runs once for each, with its `exchange`."""
    return _declaring(specs=specs if callable(specs) else tuple(specs))


def sends_together(**specs: Spec) -> Callable[[Check], Check]:
    """Name requests that a check reads together: it runs once, with `exchanges` by these names."""
    return _declaring(cases={TOGETHER: specs})


def sends_each(cases: Cases) -> Callable[[Check], Check]:
    """Name cases of requests that are read together: it runs once for each, with its `case`."""
    return _declaring(cases=cases)


def _near(id_: str, known: Iterable[str]) -> str:
    found = difflib.get_close_matches(id_, list(known), 1)
    return f" (did you mean {found[0]}?)" if found else ""


def _declaring(**changes: Any) -> Callable[[Check], Check]:
    def declare(check: Check) -> Check:
        so_far = declaration_of(check) or Declaration()
        check.__dict__[ATTRIBUTE] = replace(so_far, **changes)
        return check

    return declare
