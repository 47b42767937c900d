from __future__ import annotations

import pytest

from conformance.compare.changes import change_of
from conformance.compare.model import Change

from .values import check, row

NONE = "absent"


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        ("pass", "pass", Change.SAME),
        ("fail", "fail", Change.SAME),
        ("pass", "fail", Change.WORSE),
        ("pass", "warn", Change.WORSE),
        ("pass", "flaky", Change.WORSE),
        ("flaky", "fail", Change.WORSE),
        ("fail", "flaky", Change.BETTER),
        ("warn", "pass", Change.BETTER),
        ("fail", "pass", Change.BETTER),
        ("pass", "untestable", Change.LOST),
        ("pass", "error", Change.LOST),
        ("fail", "untestable", Change.ONE_SIDE),
        ("untestable", "pass", Change.ONE_SIDE),
        ("untestable", "fail", Change.ONE_SIDE),
        ("pass", "not-selected", Change.ONE_SIDE),
        ("not-applicable", "fail", Change.ONE_SIDE),
        (NONE, "fail", Change.ONE_SIDE),
        ("pass", NONE, Change.ONE_SIDE),
        ("untestable", "not-applicable", Change.NEITHER),
        ("not-selected", "not-selected", Change.NEITHER),
        (NONE, "not-selected", Change.NEITHER),
    ],
)
def test_a_status_against_another_one(before: str, now: str, change: Change) -> None:
    was, is_ = (None if s == NONE else row("N-1", status=s) for s in (before, now))
    found = change_of(was, is_)
    assert found.change is change
    assert (found.why == "") == (before == now)
    if found.why:
        assert found.why == f"{before} → {now}"


def test_what_fails_already_is_worse_if_one_more_check_fails() -> None:
    before = row("N-1", check("fail", case="a"), check("pass", case="b"))
    now = row("N-1", check("fail", case="a"), check("fail", case="b"))
    assert change_of(before, now) == (Change.WORSE, "still fail, 1 check worse")
    assert change_of(now, before) == (Change.BETTER, "still fail, 1 check better")


def test_what_fails_elsewhere_is_neither_better_nor_worse() -> None:
    before = row("N-1", check("fail", case="a"), check("pass", case="b"))
    now = row("N-1", check("pass", case="a"), check("fail", case="b"))
    assert change_of(before, now).change is Change.OTHER


def test_a_drawn_case_that_only_one_run_has_counts_for_nothing() -> None:
    before = row("N-1", check("fail", case="a"), check("fail", case="n=-7"))
    now = row("N-1", check("fail", case="a"), check("fail", case="n=99"), check("fail", case="n=0"))
    assert change_of(before, now).change is Change.SAME


def test_another_answer_is_other_and_never_hides_what_is_worse() -> None:
    good, bad = row("N-1", status="pass"), row("N-1", status="fail")
    assert change_of(good, good, otherwise="n=11: 400 → 422") == (Change.OTHER, "n=11: 400 → 422")
    assert change_of(good, bad, otherwise="n=11: 400 → 200").change is Change.WORSE
