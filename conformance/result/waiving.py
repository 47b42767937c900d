"""Applies waivers to a result: which failures they cover, and which of them fail the run.

A waiver changes no status and no verdict. It stands beside what it covers, and only the exit code of a
run with --accept-waivers takes it into account.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from conformance.contract.profiles import PROFILES
from conformance.errors import UsageError
from conformance.result.findings.keys import is_key
from conformance.result.status import Status
from conformance.result.waived import TROUBLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.result.model import Finding, RequirementResult, Result
    from conformance.result.waived import Waiver, Waivers

COVERED = (Status.FAIL, Status.FLAKY, Status.WARN)
UNSETTLED = (Status.UNTESTABLE, Status.FLAKY, Status.ERROR)


def apply(result: Result, waivers: Waivers) -> Result:
    """Return a result with the waivers beside what they cover; what a result had before is replaced.

    Args:
        result: statuses and findings.
        waivers: what the operator gave, the day for which it is judged, and whether it is accepted.
    """
    given = tuple(
        dataclasses.replace(w, state=_state(w, result, waivers.day)) for w in waivers.given
    )
    counting = [w for w in given if w.state == "applied"]
    of_ids = {w.requirement: w for w in counting if w.requirement}
    of_keys = {w.finding: w for w in counting if w.finding}
    rows = tuple(
        dataclasses.replace(row, waived=_of_row(row, result, of_ids, of_keys))
        for row in result.requirements
    )
    covered = {row.id: row.waived for row in rows if row.waived}
    return dataclasses.replace(
        result,
        requirements=rows,
        findings=tuple(
            dataclasses.replace(found, waived=_of_finding(found, covered, of_keys))
            for found in result.findings
        ),
        waivers=dataclasses.replace(waivers, applied=len(covered), given=given),
    )


def _state(waiver: Waiver, result: Result, day: str) -> str:
    rows = {row.id: row for row in result.requirements}
    if waiver.requirement not in rows if waiver.requirement else not is_key(waiver.finding):
        return "unknown"
    if not day or dt.date.fromisoformat(day) > dt.date.fromisoformat(waiver.expires):
        return "expired"
    if waiver.requirement:
        row = rows[waiver.requirement]
        if row.status in COVERED:
            return "applied"
        # A check that did not apply, as the run lacked something, might have failed.
        passed = bool(row.checks) and all(check.status is Status.PASS for check in row.checks)
    else:
        if any(found.key == waiver.finding for found in result.findings):
            return "applied"
        passed = not result.selection and not any(r.status in UNSETTLED for r in rows.values())
    return "stale" if passed and _is_whole(result, waiver.profile) else "unused"


def _is_whole(result: Result, profile: str) -> bool:
    """Return whether a run judged all checks of what it judged, in this profile or a larger one."""
    by_check = any(s.startswith(("--check", "pytest")) for s in result.selection)
    part = result.shard or result.diagnosis or by_check
    order: dict[str, int] = {name: number for number, name in enumerate(PROFILES)}
    return not part and order.get(result.profile, -1) >= order.get(profile, len(order))


def _of_row(
    row: RequirementResult, result: Result, of_ids: dict[str, Waiver], of_keys: dict[str, Waiver]
) -> Waiver | None:
    """Return the waiver that covers a requirement: its own, or those of all findings that break it."""
    if row.status not in COVERED:
        return None
    if row.id in of_ids:
        return of_ids[row.id]
    by_node = {
        node: of_keys[found.key]
        for found in result.findings
        if found.key in of_keys and row.id in found.requirements
        for node in found.checks
    }
    failed = [check.node for check in row.checks if check.status in COVERED]
    return by_node[failed[0]] if failed and all(node in by_node for node in failed) else None


def _of_finding(
    found: Finding, covered: dict[str, Waiver], of_keys: dict[str, Waiver]
) -> Waiver | None:
    if found.key in of_keys:
        return of_keys[found.key]
    each = [covered.get(id_) for id_ in found.requirements]
    return each[0] if each and all(each) else None


def troubles(result: Result) -> Iterator[str]:
    """Yield, a line for each, the waivers that fail a run, and what to do about them."""
    for waiver in result.waivers.given:
        if waiver.state in TROUBLES:
            yield f"{waiver.file}:{waiver.line}: {_trouble(waiver)}"


def _trouble(waiver: Waiver) -> str:
    id_ = waiver.id[:80]
    if waiver.state == "expired":
        return f"the waiver of {id_} expired after {waiver.expires}: remove it, or renew it with a later day"
    if waiver.state == "stale":
        what = f"{id_} passes now" if waiver.requirement else "no such finding is left"
        return f"the waiver of {id_} is stale, since {what}: remove it"
    what = "requirement of the contract" if waiver.requirement else "key of a finding"
    return f"the waiver names {id_}, which is no {what}: remove it, or correct it"


def united(parts: Sequence[Waivers], names: Sequence[object]) -> Waivers:
    """Return the waivers of a whole run from those of its shards, judged for the latest day.

    Raises:
        UsageError: the shards were not given the same waivers.
    """
    first = parts[0]
    for part, name in zip(parts[1:], names[1:], strict=True):
        if _said(part) != _said(first):
            raise UsageError(
                f"merge: {name} has other waivers than {names[0]}; give all shards of a run the same"
                " file of waivers"
            )
    return dataclasses.replace(
        first, day=max(p.day for p in parts), accepted=all(p.accepted for p in parts)
    )


def _said(waivers: Waivers) -> list[Waiver]:
    """Return what waivers say, wherever they stood, and whatever became of them."""
    return [dataclasses.replace(w, file="", line=0, state="unused") for w in waivers.given]
