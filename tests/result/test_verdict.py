from __future__ import annotations

import dataclasses

import pytest

from conformance.reports import counting
from conformance.result import verdict
from conformance.result.model import WORST_FIRST, RequirementResult, Status, Verdict, Waivers

from .samples import EVERYTHING, WAIVER


def requirement(level: str, status: Status) -> RequirementResult:
    return RequirementResult("A-1", "a", level, "stated", "It does.", "its words", status)


def test_the_worst_status_wins() -> None:
    assert verdict.worst([Status.PASS, Status.WARN, Status.NOT_APPLICABLE]) is Status.WARN
    assert verdict.worst([Status.ERROR, Status.FAIL]) is Status.FAIL
    assert verdict.worst([]) is Status.NOT_SELECTED
    assert set(WORST_FIRST) == set(Status)


@pytest.mark.parametrize(
    ("requirements", "reached", "narrowed", "expected", "code"),
    [
        ([("MUST", "pass"), ("SHOULD", "warn")], True, False, "conformant", 0),
        ([("MUST", "pass"), ("MUST", "not-applicable")], True, False, "conformant", 0),
        ([("MUST", "fail"), ("MUST", "untestable")], True, False, "nonconformant", 1),
        ([("MUST", "untestable")], True, False, "incomplete", 3),
        ([("MUST", "flaky")], True, False, "incomplete", 3),
        ([("MUST", "pass"), ("SHOULD", "error")], True, False, "incomplete", 3),
        ([("MUST", "pass"), ("SHOULD", "untestable")], True, False, "conformant", 0),
        ([("MUST", "pass")], False, False, "incomplete", 3),
        ([("MUST", "pass"), ("MUST", "not-selected")], True, True, "partial", 0),
        ([("MUST", "fail"), ("MUST", "untestable")], True, True, "partial", 1),
        ([("MUST", "untestable")], True, True, "incomplete", 3),
    ],
)
def test_verdict_and_exit_code(
    requirements: list[tuple[str, str]],
    reached: bool,  # noqa: FBT001 - a row of the table
    narrowed: bool,  # noqa: FBT001 - a row of the table
    expected: str,
    code: int,
) -> None:
    judged = tuple(requirement(level, Status(status)) for level, status in requirements)
    found = verdict.verdict_of(judged, reached=reached, narrowed=narrowed)
    assert found == expected
    result = dataclasses.replace(EVERYTHING, requirements=judged, verdict=found)
    assert verdict.exit_code(result) == code


@pytest.mark.parametrize(
    ("requirements", "code"),
    [
        ([("MUST", "pass"), ("SHOULD", "pass")], 0),
        ([("MUST", "pass"), ("SHOULD", "warn")], 1),
        ([("MUST", "pass"), ("SHOULD", "flaky")], 1),
        ([("MUST", "pass"), ("SHOULD", "untestable")], 0),
        ([("MUST", "pass"), ("MAY", "warn")], 0),
        ([("MUST", "untestable"), ("SHOULD", "warn")], 3),
    ],
)
def test_in_a_strict_run_a_recommendation_that_is_not_met_counts(
    requirements: list[tuple[str, str]], code: int
) -> None:
    judged = tuple(requirement(level, Status(status)) for level, status in requirements)
    found = verdict.verdict_of(judged, reached=True, narrowed=False)
    strict = dataclasses.replace(EVERYTHING, requirements=judged, verdict=found, strict=True)
    assert verdict.exit_code(strict) == code
    assert verdict.exit_code(dataclasses.replace(strict, strict=False)) in (0, 3)


def test_in_a_strict_run_an_accepted_waiver_covers_a_recommendation_too() -> None:
    warns = dataclasses.replace(requirement("SHOULD", Status.WARN), waived=WAIVER)
    judged = (requirement("MUST", Status.PASS), warns)
    waivers = Waivers("2026-06-15", accepted=True, applied=1, given=(WAIVER,))
    result = dataclasses.replace(
        EVERYTHING,
        requirements=judged,
        verdict=Verdict.CONFORMANT,
        strict=True,
        diagnosis=(),
        selection=(),
        shard="",
    )
    assert verdict.exit_code(dataclasses.replace(result, waivers=waivers)) == 0
    refused = dataclasses.replace(waivers, accepted=False)
    assert verdict.exit_code(dataclasses.replace(result, waivers=refused)) == 1


def test_statuses_are_counted_by_level() -> None:
    counts = counting.count_statuses(
        (requirement("SHOULD", Status.WARN), requirement("MAY", Status.PASS))
    )
    assert list(counts) == ["MUST", "SHOULD", "MAY"]
    assert counts["SHOULD"][Status.WARN] == 1
    assert sum(counts["MUST"].values()) == 0


def test_clauses_keep_their_order() -> None:
    first, second = (requirement("MUST", Status.PASS) for _ in range(2))
    other = dataclasses.replace(first, clause="b")
    assert list(counting.by_clause((other, first, second))) == ["b", "a"]
    assert counting.by_clause((other, first, second))["a"] == [first, second]
