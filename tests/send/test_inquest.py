"""Which request ended the gateway's process: asked of a scripted gateway, and of real servers."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from conformance.cases.spec import PLAIN, variation
from conformance.send.outages.asked import Asked
from conformance.send.outages.falls import Falls
from conformance.send.outages.inquest import MOST_ASKED, MOST_PICTURES, Inquest, affordable
from conformance.send.outages.life import harmless, refuses
from tests.asking import Asking
from tests.clock import virtually
from tests.send.mortal import mortal
from tests.send.values import REFUSED, answered, asked, failed
from tests.serving import HOST, free_port, target_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.http.exchange import Exchange
    from conformance.http.request import Request
    from conformance.send.clock import Clock
    from conformance.send.outages.falls import Fall
    from tests.send.mortal import Mortal

ODD = replace(variation("odd", user="odd"), expected="either")
OTHERS = [replace(variation(f"other {i}", user=f"{i}"), expected="either") for i in range(3)]


def falls_of(server: Mortal, *, met: bool) -> tuple[Fall, ...]:
    """The falls of a run that asks a good, an odd and three other requests."""
    asking = Asking(server.url, PLAIN, ODD, *OTHERS)
    first, *rest = asking.plan.requests.values()
    with asking.sender as sender:
        sender.send(first)
        if met:
            # The run meets the fall as a supervisor's pause shows it: nobody listens.
            server.end()
            asking.time.at(0.2, server.start)
        sender.start(rest)
        return sender.falls()


def test_a_restart_that_no_request_caused_has_no_culprit() -> None:
    with mortal() as server:
        (fall,) = falls_of(server, met=True)
    assert fall.sure
    assert fall.back
    assert fall.looked_into
    assert fall.culprits == ()


def test_a_run_without_a_fall_asks_nothing_more() -> None:
    with mortal() as server:
        assert falls_of(server, met=False) == ()
        assert server.lives == 1


class Scripted:
    """A gateway that ends so long after the answers to some requests, on a virtual clock."""

    def __init__(
        self, clock: Clock, kills: Callable[[Request], bool], after_s: float, *, comes_back: bool
    ) -> None:
        self.asked: list[Request] = []
        self._clock = clock
        self._kills = kills
        self._after_s = after_s
        self._comes_back = comes_back
        self._ends_at = float("inf")

    async def ask(self, request: Request) -> Exchange:
        self.asked.append(request)
        if self._kills(request):
            self._ends_at = self._clock.now() + self._after_s
        return answered(400, request)

    async def lives(self, _probe: Request, most_s: float) -> bool:
        if not self._is_down():
            return True
        await self._clock.sleep(min(most_s, 1))
        if self._comes_back:
            self._ends_at = float("inf")
        return self._comes_back

    async def watch(self, _probe: Request) -> None:
        """The watched connections need no time here."""

    async def ended(self, _probe: Request, within_s: float) -> str:
        await self._clock.sleep(within_s)
        return "refused" if self._is_down() else ""

    async def close(self) -> None:
        """Nothing is open."""

    def _is_down(self) -> bool:
        return self._ends_at <= self._clock.now()


def culprits(
    kills: Callable[[Request], bool],
    *,
    after_s: float = 0.0,
    comes_back: bool = True,
    rounds: int = 1,
) -> tuple[list[str], list[Exchange], list[Request]]:
    """The labels of the culprits, the evidence that is kept, and what was asked."""

    async def held(clock: Clock) -> tuple[list[str], list[Exchange], list[Request]]:
        falls, kept = Falls(clock), list["Exchange"]()
        gateway = Scripted(clock, kills, after_s, comes_back=comes_back)
        inquest = Inquest(falls, gateway, gateway.ask, kept.append, clock)
        for _ in range(rounds):
            for number in range(20):
                one = falls.began(asked(label=f"number {number}", expected="either", copy=number))
                falls.ended(one, answered(400, one.request))
                falls.left(one)
            gone = falls.began(asked(copy=99))
            falls.ended(gone, failed("unreachable", gone.request))
            falls.left(gone)
            await clock.sleep(1)
            assert inquest.due()
            await inquest.hold()
            assert not inquest.due()
        named = [c.label for fall in falls.all for c in fall.culprits]
        return named, kept, gateway.asked

    return virtually(held)


@pytest.mark.parametrize("after_s", [0.0, 0.05, 0.2, 0.9])
def test_what_ends_the_process_each_time_is_the_culprit(after_s: float) -> None:
    named, kept, _ = culprits(lambda r: r.copy == 7, after_s=after_s)
    assert named == ["number 7"]
    assert [e.request.purpose for e in kept] == ["second look"]


def test_what_ended_the_process_once_is_no_culprit() -> None:
    left = [True]

    def once(request: Request) -> bool:
        return request.copy == 7 and bool(left and left.pop())

    assert culprits(once)[0] == []


def test_of_a_process_that_does_not_come_back_nobody_is_named() -> None:
    named, kept, sent = culprits(lambda r: r.copy == 7, comes_back=False)
    assert named == []
    assert kept == []
    assert sent[-1].copy == 7


def test_a_known_culprit_explains_later_falls_without_being_asked_again() -> None:
    named, _, once = culprits(lambda r: r.copy == 7)
    again, _, twice = culprits(lambda r: r.copy == 7, rounds=3)
    assert again == named * 3
    assert len(twice) == len(once)


def test_after_two_that_found_nothing_no_more_are_held() -> None:
    asked_twice = culprits(lambda _: False, rounds=2)[2]
    assert len(culprits(lambda _: False, rounds=5)[2]) == len(asked_twice)


@pytest.mark.parametrize("price", [1, 3])
def test_few_pictures_are_spent_and_refusals_are_free(price: int) -> None:
    paid = [Asked(asked(copy=i, pictures=price), 0, 1, 200, "200") for i in range(20)]
    free = [Asked(replace(REFUSED, copy=i), 0, 1, 400, "400") for i in range(200)]
    chosen = affordable([*paid, *free])
    assert sum(a.request.pictures for a in chosen) <= MOST_PICTURES
    assert len(chosen) == MOST_ASKED


def test_a_look_asks_for_nothing() -> None:
    look = harmless(asked(delivery="in pieces", connection="one"))
    assert (look.method, look.body, look.delivery, look.connection) == ("GET", b"", "", "")


async def _refused(url: str) -> bool:
    return await refuses(target_at(url))


def test_a_port_without_a_listener_refuses() -> None:
    with mortal() as server:
        assert not asyncio.run(_refused(server.url))
    assert asyncio.run(_refused(f"http://{HOST}:{free_port()}"))
