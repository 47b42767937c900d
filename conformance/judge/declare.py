"""How a check is tied to its requirement and to the requests it reads, and how it may end.

    @verifies("N-2")
    @sends(fault(variation(n=n), control=variation(n=1)) for n in (0, 11))
    def test_n_outside_one_to_ten_is_refused(exchange): ...

A check ends in one of five ways: it returns (pass), an assertion fails (fail, or warn for a
SHOULD), it raises `Untestable`, `NotApplicable` or `Flaky`. Anything else is an error of the suite.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from conformance.contract import contract

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.cases.spec import RunFacts, Spec
    from conformance.contract.profiles import Profile


Check = Callable[..., None]
Record = Callable[[str], None]


class Untestable(Exception):  # noqa: N818 - a status, not an error
    """What the check rests on failed, so nothing can be said of its requirement."""


class NotApplicable(Exception):  # noqa: N818 - a status, not an error
    """The operator declared it so, or did not supply the means; the message says how to."""


class Flaky(Exception):  # noqa: N818 - a status, not an error
    """The same bytes got different verdicts, so that none of them counts."""


def verifies(requirement: str, *, profile: Profile = "core") -> Callable[[Check], Check]:
    """Tie a check to the requirement that it verifies."""
    return _tie("requirement", requirement, profile, contract.load().requirements)


def observes(observation: str, *, profile: Profile = "core") -> Callable[[Check], Check]:
    """Tie a check to an open matter: what it returns is recorded, and nobody is judged."""
    return _tie("observation", observation, profile, contract.load().observations)


def sends(
    specs: Iterable[Spec] | Callable[[RunFacts], Iterable[Spec]],
) -> Callable[[Check], Check]:
    """Name the requests of a check: it runs once for each, with its `exchange`."""

    def mark(check: Check) -> Check:
        check.sends = specs if callable(specs) else tuple(specs)  # type: ignore[attr-defined]
        return check

    return mark


def sends_together(**specs: Spec) -> Callable[[Check], Check]:
    """Name requests that a check reads together: it runs once, with `exchanges` by these names."""

    def mark(check: Check) -> Check:
        check.sends_together = specs  # type: ignore[attr-defined]
        return check

    return mark


def sends_each(cases: dict[str, dict[str, Spec]]) -> Callable[[Check], Check]:
    """Name cases of requests that are read together: it runs once for each, with its `case`."""

    def mark(check: Check) -> Check:
        check.sends_each = cases  # type: ignore[attr-defined]
        return check

    return mark


def _tie(kind: str, id_: str, profile: Profile, known: dict[str, Any]) -> Callable[[Check], Check]:
    if id_ not in known:
        raise KeyError(f"{id_} is no {kind} of the contract")

    def mark(check: Check) -> Check:
        check.verifies = id_  # type: ignore[attr-defined]
        check.profile = profile  # type: ignore[attr-defined]
        return check

    return mark
