"""How long a run may take, and what is said of one whose time was over."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from conformance.send.deadlines.deadline import (
    LEAST_S,
    LEAST_TIMEOUTS,
    MOST_S,
    TIMES,
    Deadline,
    bound_of,
)
from conformance.send.rates.waits import Waits
from conformance.target.options import Limits
from tests.send.values import PLAIN, REFUSED, answered, asked, failed

if TYPE_CHECKING:
    from conformance.http.exchange import Exchange


class Time:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def begun(**limits: float) -> tuple[Deadline, Time]:
    time = Time()
    return Deadline(Limits(4, **limits), time), time  # type: ignore[arg-type]  # each is a number


def test_what_is_given_is_the_bound_whatever_comes() -> None:
    deadline, time = begun(max_time_s=20.0)
    deadline.waits = Waits(paced_s=500.0)
    deadline.expects([asked(copy=i) for i in range(1000)])
    deadline.seen(60.0, good=True)
    assert deadline.bound_s == 20.0
    time.now += 19.9
    assert not deadline.look()
    time.now += 0.2
    assert deadline.look()


@pytest.mark.parametrize(("timeout_s", "least_s"), [(1.0, LEAST_S), (60.0, LEAST_TIMEOUTS * 60)])
def test_a_quick_gateway_has_the_least_bound(timeout_s: float, least_s: float) -> None:
    deadline, _ = begun(timeout_s=timeout_s)
    assert deadline.bound_s == least_s
    deadline.expects([PLAIN, REFUSED])
    deadline.seen(0.01, good=True)
    assert deadline.bound_s == least_s


def test_the_bound_is_in_proportion_to_the_plan_and_to_the_usual_times() -> None:
    deadline, _ = begun(timeout_s=60.0)
    deadline.expects([*(asked(copy=i) for i in range(100)), *[REFUSED] * 300])
    for took_s in (29.0, 30.0, 59.0):
        deadline.seen(took_s, good=True)
    deadline.seen(4.0, good=False)
    assert deadline.bound_s == TIMES * (100 * 30.0 + 300 * 4.0) / 4


def test_no_gateway_makes_a_run_as_long_as_it_likes() -> None:
    deadline, _ = begun(timeout_s=600.0)
    deadline.expects([asked(copy=i) for i in range(10_000)])
    deadline.seen(599.0, good=True)
    assert deadline.bound_s == MOST_S


def test_the_time_that_a_rate_limit_takes_is_not_counted() -> None:
    deadline, time = begun(timeout_s=1.0)
    deadline.waits = Waits()
    deadline.waits.note(time.now, waiting=True, held=True)
    time.now += 200.0
    assert deadline.bound_s == LEAST_S + 200.0
    deadline.waits.note(time.now, waiting=False, held=False)
    time.now += 200.0
    assert deadline.left_s == LEAST_S - 200.0


def test_what_is_never_answered_makes_no_run_longer_and_is_what_held_it_up() -> None:
    deadline, time = begun(timeout_s=60.0)
    before = deadline.bound_s
    for number in range(12):
        time.now += 70.0
        hung = failed("timeout", asked(copy=number, expected="refused"))
        deadline.answered(_took(hung, 70.0))
    deadline.answered(_took(answered(200), 1.0))
    assert deadline.bound_s == before
    time.now += before
    assert deadline.look()
    assert deadline.overtime is not None
    assert deadline.overtime.text == (
        "the run's time was over (20 min); 12 faulty requests were never answered (14 min)"
    )
    assert deadline.overtime.cause == "refusals"
    assert len(deadline.overtime.ids) == 5
    given_up = deadline.given_up(PLAIN)
    assert (given_up.failure, given_up.failure_text) == ("overtime", deadline.overtime.text)


def test_a_run_that_waited_for_connections_says_so() -> None:
    deadline, time = begun(max_time_s=30.0)
    time.now += 31.0
    deadline.waited("dropped", 25.0)
    assert deadline.look()
    assert deadline.overtime is not None
    assert deadline.overtime.text == (
        "the run's time was over (--max-time 30 s); the run waited once for a gateway that broke its"
        " connections (25 s)"
    )


def test_a_machine_that_is_busy_is_no_fault_of_the_gateway() -> None:
    deadline, time = begun(max_time_s=30.0)
    time.now += 31.0
    deadline.answered(_took(answered(200), 1.0))
    assert deadline.look()
    assert deadline.overtime is not None
    assert deadline.overtime.cause is None
    assert "went to this program itself" in deadline.overtime.text


def test_what_was_over_stays_over() -> None:
    deadline, time = begun(timeout_s=1.0)
    time.now += LEAST_S + 1
    assert deadline.look()
    deadline.expects([asked(copy=i) for i in range(10_000)])
    deadline.seen(1.0, good=True)
    assert deadline.left_s > 0
    assert deadline.look()
    assert deadline.over


def test_a_plan_has_a_bound_before_anything_is_sent() -> None:
    many = [asked(copy=i) for i in range(100)]
    assert bound_of(many, Limits(4, timeout_s=10.0), 30.0) == TIMES * 100 * 30.0 / 4
    assert bound_of(many, Limits(4, timeout_s=10.0), 0.1) == LEAST_S
    assert bound_of(many, Limits(4, max_time_s=9.0), 30.0) == 9.0


def _took(exchange: Exchange, seconds: float) -> Exchange:
    return replace(exchange, elapsed_s=seconds)
