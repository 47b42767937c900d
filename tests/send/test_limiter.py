"""Places for requests in flight: how many, in which order, and when all of them pause."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from conformance.reference.catalogue import behaviour
from conformance.reference.demo import DEMO_VARIABLES
from conformance.reference.rates import Bucket, FixedWindow, RateLimit, SlidingWindow
from conformance.reference.server import running
from conformance.result.model import Status
from conformance.run.judge import judge
from conformance.run.launch import session_for
from conformance.send.rates.adaptive_limit import AdaptiveLimit
from conformance.send.rates.lanes import Kind, Lanes
from conformance.send.rates.limiter import MOST_PACED_S, Limiter
from conformance.send.rates.places import Asks
from conformance.send.rates.told import Told
from tests.clock import virtually

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.send.clock import Clock


def new(clock: Clock, most: int = 4, given: float | None = None) -> Limiter:
    return Limiter(AdaptiveLimit(most), clock, Lanes(given))


def test_no_more_are_inside_than_the_limit_allows() -> None:
    async def most_inside(clock: Clock) -> int:
        limiter, inside = new(clock, 3), [0]

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
        limiter, found = new(clock, 1), list[str]()

        async def one(name: str, *, again: bool = False) -> None:
            async with limiter.place(again=again):
                found.append(name)
                await clock.sleep(1)

        await asyncio.gather(one("a"), one("b"), one("c"), one("d", again=True))
        return found

    assert virtually(order) == ["a", "d", "b", "c"]


def test_all_requests_pause_for_as_long_as_the_gateway_asks() -> None:
    async def entered_at(clock: Clock) -> float:
        limiter = new(clock, 4)
        async with limiter.place() as place:
            limiter.limited(place, Told(7.0))
        async with limiter.place():
            return clock.now()

    assert virtually(entered_at) == pytest.approx(7.0)


@pytest.mark.parametrize(
    "limit", [AdaptiveLimit(0, grows=True), AdaptiveLimit(8), AdaptiveLimit(32)]
)
def test_a_gateway_that_takes_two_is_seldom_asked_for_three(limit: AdaptiveLimit) -> None:
    async def refused(clock: Clock) -> int:
        limiter, in_flight, refusals = Limiter(limit, clock, Lanes()), [0], [0]

        async def one() -> None:
            answered = False
            while not answered:
                async with limiter.place(again=True) as place:
                    in_flight[0] += 1
                    answered = in_flight[0] <= 2
                    if answered:
                        await clock.sleep(0.01)
                        limiter.passed(place)
                    else:
                        refusals[0] += 1
                        limiter.limited(place)
                    in_flight[0] -= 1
            limiter.answered(0.01)

        await asyncio.gather(*(one() for _ in range(200)))
        return refusals[0]

    assert virtually(refused) < 40


@dataclass(frozen=True)
class Found:
    """What came of requests before a limit: the time, the answers with 429, and what was not sent."""

    took_s: float
    refused: int
    closed: int
    limiter: Limiter


Takes = Callable[[Kind, float, int], bool]


def before(
    takes: Takes,
    *,
    count: int = 400,
    at_once: int = 4,
    given: float | None = None,
    latency_s: float = 0.02,
    kinds: Callable[[int], Kind] = lambda _: "good",
    members: int = 0,
) -> Found:
    """Send so many requests, each until it is taken; `takes` gets its kind, the time, those in flight."""

    async def send(clock: Clock) -> Found:
        limiter, refused, closed, in_flight = new(clock, at_once, given), [0], [0], [0]

        async def one(number: int) -> None:
            limited = 0
            while True:
                burst = f"{number // members}" if members and not limited else ""
                asks = Asks(kinds(number), 1, burst, members if burst else 0, limited)
                async with limiter.place(asks, again=limited > 0) as place:
                    if place.closed:
                        closed[0] += 1
                        return
                    in_flight[0] += 1
                    taken = takes(asks.kind, clock.now(), in_flight[0])
                    await clock.sleep(latency_s if taken else latency_s / 4)
                    in_flight[0] -= 1
                    (limiter.passed if taken else limiter.limited)(place)
                if taken:
                    limiter.answered(latency_s)
                    return
                limited += 1
                refused[0] += 1

        await asyncio.gather(*(one(number) for number in range(count)))
        return Found(clock.now(), refused[0], closed[0], limiter)

    return virtually(send)


def by(limit: RateLimit) -> Takes:
    return lambda _kind, now, _in_flight: limit.takes(now)


def mixed(number: int) -> Kind:
    if number % 4 == 0:
        return "good"
    return "stranger" if number % 10 == 1 else "refused"


@pytest.mark.parametrize(
    ("limit", "ideal_s", "window_s"),
    [
        (FixedWindow(60, 60), 340, 60),
        (FixedWindow(100, 10), 31, 10),
        (FixedWindow(10, 1), 39, 1),
        (FixedWindow(40, 2), 18, 2),
        (SlidingWindow(60, 60), 340, 60),
        (Bucket(1, 10), 390, 1),
        (Bucket(1, 1), 399, 1),
        (Bucket(10, 5), 39.5, 1),
        (Bucket(30, 10), 13, 1),
    ],
    ids=repr,
)
@pytest.mark.parametrize("kinds", [lambda _: "good", mixed], ids=["one kind", "mixed"])
def test_a_rate_is_learnt_with_few_refusals_and_little_time_lost(
    limit: RateLimit, ideal_s: float, window_s: float, kinds: Callable[[int], Kind]
) -> None:
    found = before(by(copy.deepcopy(limit)), kinds=kinds)
    assert found.closed == 0
    assert found.refused <= 400 * 0.05 + 10
    assert found.took_s <= 1.3 * ideal_s + window_s


def test_a_gateway_that_is_slower_than_its_limit_is_not_paced() -> None:
    found = before(by(FixedWindow(60, 60)), latency_s=5.0)
    assert (found.refused, found.limiter.lanes.slowest) == (0, None)


def test_a_limit_of_requests_at_once_is_no_rate() -> None:
    found = before(lambda _kind, _now, in_flight: in_flight <= 2)
    assert found.limiter.lanes.slowest is None
    assert found.refused < 20
    assert found.took_s < 8


def test_both_limits_together_are_learnt() -> None:
    window = FixedWindow(60, 60)
    found = before(lambda _, now, at_once: at_once <= 3 and window.takes(now), latency_s=1.0)
    assert found.closed == 0
    assert found.refused <= 30
    assert found.took_s <= 1.3 * 340 + 60


@pytest.mark.parametrize("kind", ["refused", "stranger"])
def test_a_limit_of_one_kind_does_not_slow_the_others(kind: Kind) -> None:
    window = FixedWindow(10, 60)
    found = before(lambda asked, now, _: asked != kind or window.takes(now), count=120, kinds=mixed)
    assert found.closed == 0
    assert kind in found.limiter.lanes.own
    assert found.limiter.lanes.shared.per_s is None
    limited = sum(mixed(number) == kind for number in range(120))
    assert found.took_s <= 1.3 * 6 * limited + 60
    assert found.refused <= 50


@pytest.mark.parametrize(("given", "most_s"), [(1.0, 405), (0.5, 805)])
def test_a_rate_that_is_given_meets_no_refusals(given: float, most_s: float) -> None:
    found = before(by(FixedWindow(60, 60)), given=given)
    assert found.refused <= 2
    assert 0.95 * most_s < found.took_s < most_s


def test_the_members_of_a_burst_leave_together() -> None:
    left: list[float] = []

    def takes(_kind: Kind, now: float, _in_flight: int) -> bool:
        left.append(now)
        return True

    before(takes, count=40, given=10.0, members=4)
    bursts = [left[at : at + 4] for at in range(0, 40, 4)]
    assert all(burst[-1] - burst[0] < 0.01 for burst in bursts)
    assert left[-1] >= 3.5


def test_bursts_before_a_bucket_for_one_end_in_bounded_time() -> None:
    found = before(by(Bucket(1, 1)), count=200, members=4)
    assert found.closed == 0
    assert found.took_s <= 1.5 * 200


def test_a_gateway_that_takes_nothing_is_left_after_a_while() -> None:
    found = before(lambda *_: False)
    assert found.closed == 400
    assert found.refused < 30
    assert found.took_s < 100


def test_a_run_is_paced_for_so_long_and_no_longer() -> None:
    found = before(by(FixedWindow(1, 60)), given=1 / 60)
    assert found.closed > 300
    assert found.took_s < MOST_PACED_S + 120


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
