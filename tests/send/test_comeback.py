"""How long a gateway is waited for that broke connections: once for long, and then no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.send.outages.comeback import MOST_S, OUTAGE_S, STEP_S, STEPS, Comeback
from tests.clock import virtually

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.send.clock import Clock


class Looked:
    """Looks that find what a function says of their number, and how many there were."""

    def __init__(self, finds: Callable[[int], bool | None]) -> None:
        self.times = 0
        self._finds = finds

    async def look(self) -> bool | None:
        self.times += 1
        return self._finds(self.times)


def test_a_gateway_is_waited_for_until_it_is_back() -> None:
    looked, told = Looked(lambda times: times > 9), list[float]()

    async def waited(clock: Clock) -> int | None:
        return await Comeback(clock, told.append).until(looked.look)

    assert virtually(waited) == 9
    assert told == [9 * STEP_S]


def test_what_did_not_come_back_is_looked_at_once_from_then_on() -> None:
    looked = Looked(lambda _: False)

    async def waited(clock: Clock) -> float:
        comeback = Comeback(clock)
        for _ in range(300):
            assert await comeback.until(looked.look) is None
        return clock.now()

    assert virtually(waited) == OUTAGE_S
    assert looked.times == STEPS + 299


def test_what_came_back_after_all_is_waited_for_again() -> None:
    looked = Looked(lambda times: times == STEPS + 1 or times > STEPS + 5)

    async def waited(clock: Clock) -> list[int | None]:
        comeback = Comeback(clock)
        return [await comeback.until(looked.look) for _ in range(3)]

    assert virtually(waited) == [None, 0, 4]


def test_a_gateway_that_says_nothing_is_not_looked_at_again() -> None:
    looked = Looked(lambda _: None)

    async def waited(clock: Clock) -> list[int | None]:
        comeback = Comeback(clock)
        return [await comeback.until(looked.look) for _ in range(3)]

    assert virtually(waited) == [0, None, None]
    assert looked.times == 1


def test_all_waits_of_a_run_together_have_an_end() -> None:
    # It comes back after ten seconds each time, for ever.
    looked = Looked(lambda times: times % 41 == 0)

    async def waited(clock: Clock) -> float:
        comeback = Comeback(clock)
        for _ in range(500):
            await comeback.until(looked.look)
        return clock.now()

    assert MOST_S <= virtually(waited) <= MOST_S + OUTAGE_S
