"""Decides what statuses come to: the worst of several, the verdict of a run, the exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.result.model import (
    PROCESS,
    TIME,
    WORST_FIRST,
    RequirementResult,
    Result,
    Status,
    Verdict,
)
from conformance.result.waived import TROUBLES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.result.model import Diagnosis


def worst(statuses: list[Status]) -> Status:
    """Return the worst of several statuses; none at all is `not-selected`."""
    return min(statuses, key=WORST_FIRST.index, default=Status.NOT_SELECTED)


def counts(requirement: RequirementResult) -> bool:
    """Return whether the chosen set of requirements demands this one, at whatever level."""
    return requirement.level != "MAY"


def unmet(requirement: RequirementResult) -> bool:
    """Return whether a recommendation that counts is not met; such fails a strict run."""
    unmet = (Status.WARN, Status.FAIL, Status.FLAKY)
    return requirement.level == "SHOULD" and requirement.status in unmet


def broke(requirements: Iterable[RequirementResult]) -> bool:
    """Return whether the suite itself failed at something that counts."""
    return any(r.status is Status.ERROR for r in requirements if counts(r))


def verdict_of(
    requirements: tuple[RequirementResult, ...], *, reached: bool, narrowed: bool
) -> Verdict:
    """Decide the verdict of a run.

    Args:
        requirements: every requirement of the contract with its status.
        reached: whether the preflight found a gateway that can be judged.
        narrowed: whether a selection narrower than a profile was run.
    """
    must = [r.status for r in requirements if r.level == "MUST"]
    unsettled = {Status.UNTESTABLE, Status.FLAKY, Status.ERROR}
    errors = broke(requirements)
    judged = any(
        r.status in (Status.PASS, Status.WARN, Status.FAIL) for r in requirements if counts(r)
    )
    if not reached or not judged:
        return Verdict.INCOMPLETE
    if narrowed:
        undecided = Status.FAIL not in must and bool(unsettled.intersection(must))
        return Verdict.INCOMPLETE if undecided or errors else Verdict.PARTIAL
    if Status.FAIL in must:
        return Verdict.NONCONFORMANT
    if errors or unsettled.intersection(must):
        return Verdict.INCOMPLETE
    return Verdict.CONFORMANT


def reached(diagnosis: Iterable[Diagnosis]) -> bool:
    """Return whether a run judged its gateway: nothing but a fall of it, or the end of its time, was in the way."""
    return all(found.whose in (PROCESS, TIME) for found in diagnosis)


def verdict_on(result: Result, requirements: tuple[RequirementResult, ...]) -> Verdict:
    """Return the verdict to which these requirements of a run come; a shard alone is partial."""
    judged = reached(result.diagnosis)
    if result.shard and judged and not broke(requirements):
        return Verdict.PARTIAL
    return verdict_of(requirements, reached=judged, narrowed=bool(result.selection))


def exit_code(result: Result) -> int:
    """Return the process's exit code: 0 conformant, 1 nonconformant, 3 incomplete.

    A partial run exits with 1 if a MUST failed and with 0 otherwise. A strict run exits with 1 also if
    a SHOULD that counts is not met; its verdict stays what it is. Where waivers are accepted, what they
    cover is left out. A waiver that is expired, unknown or stale turns 0 into 1.
    """
    verdict, left = result.verdict, result.requirements
    if result.waivers.accepted and result.waivers.applied:
        left = tuple(r for r in left if r.waived is None)
        verdict = verdict_on(result, left)
    if verdict is Verdict.INCOMPLETE:
        return 3
    failed = any(r.status is Status.FAIL and r.level == "MUST" for r in left)
    if result.strict:
        failed = failed or any(unmet(r) for r in left)
    return 1 if failed or any(w.state in TROUBLES for w in result.waivers.given) else 0
