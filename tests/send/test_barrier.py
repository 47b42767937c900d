"""Where the requests of a burst meet: all of them, or those that come in time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from conformance.send.barrier import MEETING_S, NEXT_S, Barrier, Barriers
from tests.clock import virtually
from tests.send.values import asked

if TYPE_CHECKING:
    from conformance.send.clock import Clock


def leaving(*arrivals: float, parties: int | None = None, size: int = 99) -> list[float]:
    """When the members leave that arrive at these times."""

    async def met(clock: Clock) -> list[float]:
        barrier = Barrier(parties or len(arrivals), lambda: size, clock)

        async def one(at: float) -> float:
            await clock.sleep(at)
            await barrier.arrive()
            return clock.now()

        return await asyncio.gather(*(one(at) for at in arrivals))

    return virtually(met)


def test_all_leave_when_the_last_one_arrives() -> None:
    assert leaving(0.0, 0.05, 0.08) == pytest.approx([0.08] * 3)


def test_a_late_member_is_not_waited_for_and_leaves_alone() -> None:
    assert leaving(0.0, 0.05, 3.0) == pytest.approx([0.05 + NEXT_S, 0.05 + NEXT_S, 3.0])


def test_a_trickle_of_members_is_not_waited_for_without_end() -> None:
    left = leaving(*(0.09 * i for i in range(20)))
    assert left[0] == pytest.approx(MEETING_S)


def test_no_more_are_waited_for_than_may_be_in_flight() -> None:
    assert leaving(0.0, 0.01, 0.5, size=2) == pytest.approx([0.01, 0.01, 0.5])


def test_only_members_of_a_burst_are_held() -> None:
    async def held(clock: Clock) -> list[bool]:
        barriers = Barriers(lambda: 8, clock)
        burst = [asked(burst="b", copy=i) for i in range(2)]
        lone, plain = asked(burst="alone"), asked()
        barriers.expect([*burst, lone, plain])
        assert barriers.meeting(burst[0]) == barriers.meeting(burst[1])
        return [barriers.meeting(r) is not None for r in (*burst, lone, plain)]

    assert virtually(held) == [True, True, False, False]
