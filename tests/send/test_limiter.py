"""Places for requests in flight: how many, in which order, and when all of them pause."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from conformance.reference.catalogue import behaviour
from conformance.reference.demo import DEMO_VARIABLES
from conformance.reference.server import running
from conformance.result.model import Status
from conformance.run.judge import judge
from conformance.run.launch import session_for
from conformance.send.adaptive_limit import AdaptiveLimit
from conformance.send.limiter import MOST_WAITED_S, Limiter, WaitBudget
from tests.clock import virtually

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.send.clock import Clock


def test_no_more_are_inside_than_the_limit_allows() -> None:
    async def most_inside(clock: Clock) -> int:
        limiter, inside = Limiter(AdaptiveLimit(3), clock), [0]

        async def one() -> int:
            async with limiter.place():
                inside[0] += 1
                found = inside[0]
                await clock.sleep(1)
                inside[0] -= 1
                return found

        return max(await asyncio.gather(*(one() for _ in range(12))))

    assert virtually(most_inside) == 3


def test_a_place_is_given_in_order_but_first_to_what_is_sent_again() -> None:
    async def order(clock: Clock) -> list[str]:
        limiter, found = Limiter(AdaptiveLimit(1), clock), list[str]()

        async def one(name: str, *, again: bool = False) -> None:
            async with limiter.place(again=again):
                found.append(name)
                await clock.sleep(1)

        await asyncio.gather(one("a"), one("b"), one("c"), one("d", again=True))
        return found

    assert virtually(order) == ["a", "d", "b", "c"]


def test_all_requests_pause_for_as_long_as_the_gateway_asks() -> None:
    async def entered_at(clock: Clock) -> float:
        limiter = Limiter(AdaptiveLimit(4), clock)
        async with limiter.place() as entered:
            limiter.too_many(7.0, entered)
            limiter.too_many(2.0, entered)
        async with limiter.place():
            return clock.now()

    assert virtually(entered_at) == pytest.approx(7.0)


@pytest.mark.parametrize(
    "limit", [AdaptiveLimit(0, grows=True), AdaptiveLimit(8), AdaptiveLimit(32)]
)
def test_a_gateway_that_takes_two_is_seldom_asked_for_three(limit: AdaptiveLimit) -> None:
    async def refused(clock: Clock) -> int:
        limiter, in_flight, refusals = Limiter(limit, clock), [0], [0]

        async def one() -> None:
            answered = False
            while not answered:
                async with limiter.place(again=True) as entered:
                    in_flight[0] += 1
                    answered = in_flight[0] <= 2
                    if answered:
                        await clock.sleep(0.01)
                    else:
                        refusals[0] += 1
                        limiter.too_many(0.2, entered)
                    in_flight[0] -= 1
            limiter.answered(0.01)

        await asyncio.gather(*(one() for _ in range(200)))
        return refusals[0]

    assert virtually(refused) < 40


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


def test_checks_against_a_gateway_that_takes_two_at_once_pass(tmp_path: Path) -> None:
    with running(behaviour([], ["two-at-once"])) as url:
        session = session_for(
            {
                "url": url,
                "seed": 1,
                "concurrency": "auto",
                "check": ["test_model.py"],
                "report_dir": str(tmp_path),
                "api_key_env": list(DEMO_VARIABLES.api_keys),
                "failing_model": DEMO_VARIABLES.failing_model,
            },
            DEMO_VARIABLES.environment(),
        )
        result = judge(session)
    assert not [r.id for r in result.requirements if r.status is Status.FAIL]
    assert [r.id for r in result.requirements if r.status is Status.PASS]
