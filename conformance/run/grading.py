"""Grades what checks found out by the set of requirements that counts, where the contract differs from it.

A check ends as the contract of today has it: a broken MUST fails, a broken SHOULD warns. An older
set may have the requirement at another level, or not at all.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from conformance.contract.sets import NOT_DEMANDED, own
from conformance.http.reading.codec import fields_of
from conformance.reports.text import plural
from conformance.result import waiving
from conformance.result.model import Status, Waiver, Waivers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.contract.contract import Contract, Requirement
    from conformance.result.model import Check, RequirementResult, Result
    from conformance.run.record import RunRecord
    from conformance.target.options import Options


def grade(
    row: Requirement, checks: tuple[Check, ...], options: Options
) -> tuple[str, str, tuple[Check, ...]]:
    """Return the level at which a requirement counts, how the set differs, and its graded checks.

    Args:
        row: the requirement as the contract has it now.
        checks: what judged it.
        options: which set counts, and the profile of the run.
    """
    wanted = options.demanded
    level = wanted.level_of(row.id, options.profile)
    if level == row.level:
        return level, "", checks
    if level == NOT_DEMANDED:
        within = f" in the profile {options.profile}" if row.id in wanted.demands else ""
        said = f"not demanded by {wanted.version}{within}"
    else:
        said = f"a {level} in {wanted.version}, a {row.level} in {own().version}"
    return level, said, tuple(_graded(check, level) for check in checks)


def _graded(check: Check, level: str) -> Check:
    was, now = (Status.WARN, Status.FAIL) if level == "MUST" else (Status.FAIL, Status.WARN)
    return dataclasses.replace(check, status=now) if check.status is was else check


def notes(requirements: Iterable[RequirementResult], options: Options) -> Iterable[str]:
    """Yield what a reader must know of requirements that count for nothing in this run."""
    if later := [r.id for r in requirements if r.level == NOT_DEMANDED]:
        yield (
            f"{plural(len(later), 'requirement')} of the contract {own().version} "
            f"{'is' if len(later) == 1 else 'are'} not demanded by {options.demanded.version}:"
            " shown as MAY, and counted for nothing."
        )


def judged_by(known: Contract, options: Options) -> dict[str, str]:
    """Return the contract as `result.json` names it, and the set that counts."""
    wanted = options.demanded
    state = "released" if wanted.released else "draft"
    own = {"version": known.version, "sha256": known.sha256}
    return {**own, "set": wanted.version, "set_sha256": wanted.sha256, "set_state": state}


def waived(result: Result, record: RunRecord) -> Result:
    """Return the result of a run with the operator's waivers, as of the day on which it started."""
    options = record.options
    given = tuple(
        Waiver(**{**fields_of(one), "expires": one.expires.isoformat()}) for one in options.waivers
    )
    day = dt.datetime.fromtimestamp(record.started_at, dt.UTC).date().isoformat()
    waivers = Waivers(day, options.accept_waivers, given=record.target.vault.clean(given))
    return waiving.apply(result, waivers)
