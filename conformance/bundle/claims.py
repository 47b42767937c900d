"""What a statement claims of a result: a pure function of `result.json`, so that anybody can compare."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from conformance.http.reading.codec import plain
from conformance.result.model import WORST_FIRST, Status, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.result.model import RequirementResult, Result

FORMAT = 1
PASSED, WARNED, FAILED = "PASSED", "WARNED", "FAILED"
LEVELS = ("MUST", "SHOULD", "MAY")
JUDGED = frozenset({Status.PASS, Status.WARN, Status.FAIL})
UNSETTLED = frozenset({Status.UNTESTABLE, Status.FLAKY, Status.ERROR})
# Fields of a result that are claimed where a run has them.
WHERE_THERE = ("challenge", "waivers", "evidence")


def outcome(result: Result) -> str:
    """Return the verdict in the words of the test-result predicate.

    Only what is conformant has PASSED or WARNED: whoever knows the predicate alone takes nothing
    that is incomplete or partial for a success.
    """
    if result.verdict is not Verdict.CONFORMANT:
        return FAILED
    return WARNED if tests(result)["warnedTests"] else PASSED


def tests(result: Result) -> dict[str, list[str]]:
    """Return the ids of the requirements by how they ended, in the words of the predicate.

    A MUST that could not be judged is among those that failed, a SHOULD among those that warn. What
    does not apply, or was not selected, is in none of the lists, nor is a MAY that does not pass.
    """
    found: dict[str, list[str]] = {"passedTests": [], "warnedTests": [], "failedTests": []}
    for row in result.requirements:
        if row.status is Status.PASS:
            found["passedTests"].append(row.id)
        elif row.level == "MAY":
            continue
        elif row.status is Status.FAIL or (row.status in UNSETTLED and row.level == "MUST"):
            found["failedTests"].append(row.id)
        elif row.status is Status.WARN or row.status in UNSETTLED:
            found["warnedTests"].append(row.id)
    return found


def of(result: Result) -> dict[str, Any]:
    """Return everything that a statement claims beyond the predicate's own fields, but the product."""
    claimed = {
        "format": FORMAT,
        "verdict": result.verdict,
        "counts": _counts(result.requirements),
        "scope": _scope(result),
        "contract": result.contract,
        "profile": result.profile,
        "seed": result.seed,
        "suite": result.suite,
        "judged_with": result.judged_with,
        "target": result.target,
        "started": result.started,
        "duration_s": result.duration_s,
        "requests": result.requests,
        "images": result.images,
    }
    more = {name: getattr(result, name, None) for name in WHERE_THERE}
    claimed |= {name: value for name, value in more.items() if value}
    found: dict[str, Any] = json.loads(json.dumps(claimed, default=plain))
    return found


def _counts(rows: Iterable[RequirementResult]) -> dict[str, dict[str, int]]:
    """Return how many requirements of each level ended how."""
    found = Counter((row.level, row.status) for row in rows)
    return {
        level: {status: found[level, status] for status in WORST_FIRST if found[level, status]}
        for level in LEVELS
        if any(of_level == level for of_level, _ in found)
    }


def _scope(result: Result) -> dict[str, Any]:
    """Return what was looked at, and what was not: the sides, the credentials, the requirements."""
    target = result.target
    return {
        "sides": ["client", "provider"] if target.get("observe") else ["client"],
        "credentials": target.get("credentials", []),
        "declared": target.get("declared", []),
        "selection": result.selection,
        "shard": result.shard,
        "judged": {
            level: {
                "judged": sum(row.status in JUDGED for row in rows),
                "of": len(rows),
                "not_judged": _by_status(rows),
            }
            for level in LEVELS
            if (rows := [row for row in result.requirements if row.level == level])
        },
    }


def _by_status(rows: list[RequirementResult]) -> dict[str, list[str]]:
    """Return the ids of what was not judged, by the reason."""
    found: dict[str, list[str]] = {}
    for row in rows:
        if row.status not in JUDGED:
            found.setdefault(row.status, []).append(row.id)
    return found


def in_words(claims: dict[str, Any]) -> str:
    """Return the verdict and its scope in one line, as a terminal shows it."""
    judged = claims["scope"]["judged"]
    scope = ", ".join(
        f"{row['judged']} of {row['of']} {level} judged" for level, row in judged.items()
    )
    return f"{claims['verdict']} ({claims['profile']}; {scope or 'nothing judged'})"
