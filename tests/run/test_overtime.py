"""What is said of a run whose time was over, and what its checks end as."""

from __future__ import annotations

from typing import get_args

import pytest

from conformance.result.model import TIME
from conformance.result.verdict import reached
from conformance.run.overtime import overtime
from conformance.send.deadlines.deadline import Overtime
from conformance.send.deadlines.held_up import Cause
from conformance.target.options import Limits


def test_a_run_that_was_through_in_time_has_no_diagnosis() -> None:
    assert overtime(None, Limits()) == ()


@pytest.mark.parametrize("cause", [*get_args(Cause), None])
def test_each_cause_has_advice_and_leaves_what_was_judged(cause: Cause | None) -> None:
    (found,) = overtime(Overtime("the run's time was over", cause, ("a",)), Limits(max_time_s=9))
    assert found.whose == TIME
    assert found.exchanges == ("a",)
    assert "--max-time" in found.what_to_do
    assert "docs/max-time.md" not in found.what_to_do
    assert reached([found])


def test_a_bound_that_nobody_gave_is_explained() -> None:
    (found,) = overtime(Overtime("the run's time was over", None), Limits())
    assert "docs/max-time.md" in found.what_to_do
