"""How long a run waits for its gateway: counted once, and bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.send.rates.waits import MOST_WAITED_S, WaitBudget, Waits
from tests.clock import virtually

if TYPE_CHECKING:
    from conformance.send.clock import Clock


def test_requests_that_wait_at_the_same_time_wait_once() -> None:
    async def waited(clock: Clock) -> float:
        budget = WaitBudget(clock)
        assert budget.allows(1.0)
        assert budget.allows(1.0)
        return budget.waited_s

    assert virtually(waited) == 1.0


def test_a_run_waits_for_so_long_in_all_and_no_longer() -> None:
    async def waited(clock: Clock) -> tuple[float, int]:
        budget, times = WaitBudget(clock), 0
        while budget.allows(30.0):
            times += 1
            await clock.sleep(30.0)
        return budget.waited_s, times

    assert virtually(waited) == (MOST_WAITED_S, 10)


def test_the_time_that_requests_wait_for_the_rate_is_counted_by_what_keeps_them() -> None:
    waits = Waits()
    waits.note(1.0, waiting=False, held=False)
    waits.note(2.0, waiting=True, held=True)
    waits.note(5.0, waiting=True, held=False)
    waits.note(9.0, waiting=False, held=False)
    waits.note(99.0, waiting=False, held=False)
    assert (waits.paced_s, waits.held_s) == (7.0, 3.0)
