"""Finds the request that ended the gateway's process: each candidate is asked again, alone.

Nothing else is in flight meanwhile. A quick round asks one candidate after the other, with a short
look after each (`send.outages.life`). Those that were asked last before a fall are then asked alone, with a
long look, since a process may end some time after its answer. What ends the process twice is the
culprit; if the process does not come back, once has to do.

A gateway that was restarted by hand, or that falls at random, has no culprit. It is bounded in
requests, pictures and time.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Protocol

from conformance.http.status import was_never_asked
from conformance.send.outages.asked import costs_nothing
from conformance.send.outages.falls import Culprit, likeliest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from conformance.http.exchange import Exchange
    from conformance.http.request import Request
    from conformance.send.clock import Clock
    from conformance.send.outages.asked import Asked
    from conformance.send.outages.falls import Fall, Falls

QUICK_S = 0.1
LONG_S = 1.5
TWICE = 2
# One inquest asks no more than this.
MOST_ASKED = 80
MOST_PICTURES = 8
MOST_SUSPECTS = 10
MOST_CULPRITS = 3
MOST_S = 120.0
# After so many that found nothing, a run holds no more of them.
MOST_IN_VAIN = 2
# A supervisor waits the longer the more often a process ended.
BACK_S = 30.0
GONE_S = 3.0
TOLD = "connections broke, as if the gateway's process had ended: asking again, alone, what came before"


class Looks(Protocol):
    """How an inquest sees whether the process lives; `send.outages.life.Life` is the real one."""

    async def lives(self, probe: Request, most_s: float) -> bool:
        """Wait until the gateway answers, for so long at most; return whether it does."""
        ...

    async def watch(self, probe: Request) -> None:
        """Open idle connections to watch, unless some stand already."""
        ...

    async def ended(self, probe: Request, within_s: float) -> str:
        """Look for so long whether the process ends; return what shows it, or an empty text."""
        ...

    async def close(self) -> None:
        """Close the connections that are watched."""
        ...


class Inquest:
    """Looks into the falls of one run; used on the network's thread.

    `ask` sends a request alone over a new connection. `keep` takes each exchange that shows a
    culprit, as evidence. `tell` gets what is being found out, and "" at the end.
    """

    def __init__(
        self,
        falls: Falls,
        life: Looks,
        ask: Callable[[Request], Awaitable[Exchange]],
        keep: Callable[[Exchange], None],
        clock: Clock,
        *,
        tell: Callable[[str], None] = lambda _words: None,
    ) -> None:
        self._falls = falls
        self._tell = tell
        self._life = life
        self._ask = ask
        self._keep = keep
        self._clock = clock
        self._culprits: dict[str, Culprit] = {}
        self._in_vain = 0
        self._until = 0.0

    def due(self) -> bool:
        """Return whether there is a fall to look into."""
        return any(self._falls.unexplained())

    async def hold(self) -> None:
        """Ask the candidates of the falls that were not looked into yet."""
        falls = self._falls.unexplained()
        for fall in falls:
            fall.looked_into = True
        open_ = [fall for fall in falls if not self._explained(fall)]
        if not open_ or self._in_vain >= MOST_IN_VAIN or len(self._culprits) >= MOST_CULPRITS:
            return
        self._until = self._clock.now() + MOST_S
        left = affordable(likeliest(open_))
        # Whoever met the fall has waited for the gateway already.
        if not left or not await self._life.lives(left[0].request, GONE_S):
            return
        self._tell(TOLD)
        try:
            found = await self._round(open_, left)
            # The last fall must not meet those that were held back.
            await self._life.lives(left[0].request, BACK_S)
        finally:
            self._tell("")
            await self._life.close()
        self._in_vain += not found

    def _explained(self, fall: Fall) -> bool:
        """Give a fall the known culprits among its candidates; return whether there are any."""
        ids = dict.fromkeys(a.request.id for a in fall.candidates)
        fall.culprits = tuple(self._culprits[id_] for id_ in ids if id_ in self._culprits)
        return bool(fall.culprits)

    async def _round(self, falls: list[Fall], left: list[Asked]) -> bool:
        """Ask these one after the other; after each fall, find out which it was."""
        found = False
        asked: list[tuple[Asked, float]] = []
        for one in (*left, None):
            # The fall may come a while after its answer, so one look comes before the next request.
            within_s = LONG_S if one is None else QUICK_S
            if asked and await self._life.ended(asked[-1][0].request, within_s):
                found |= await self._one_of(self._suspects(asked))
                asked = []
                for fall in falls:
                    self._explained(fall)
            over = self._clock.now() > self._until or len(self._culprits) >= MOST_CULPRITS
            if one is None or over or all(f.culprits for f in falls):
                break
            if not await self._ready(one.request):
                break
            if not was_never_asked(await self._ask(one.request)):
                asked.append((one, self._clock.now()))
                self._falls.asked_alone(one)
        return found

    def _suspects(self, asked: list[tuple[Asked, float]]) -> list[Asked]:
        """Return what was asked shortly before a fall, the last one first."""
        since = self._clock.now() - LONG_S - QUICK_S
        return [one for one, at in reversed(asked) if at >= since][:MOST_SUSPECTS]

    async def _one_of(self, suspects: list[Asked]) -> bool:
        """Return whether one of these ends the process each time that it is asked alone."""
        for suspect in suspects:
            if self._clock.now() > self._until:
                break
            shown: list[tuple[Exchange, str]] = []
            back = True
            while len(shown) < TWICE and back:
                back = await self._ready(suspect.request)
                if not back:
                    break
                exchange = await self._ask(suspect.request)
                text = await self._life.ended(suspect.request, LONG_S)
                if not text or was_never_asked(exchange):
                    break
                shown.append((exchange, text))
            # Once is enough where the process did not come back, since it had ended before, too.
            if shown and (len(shown) == TWICE or not back):
                self._confirm(*shown[-1], times=len(shown))
                return True
            if not back:
                break
        return False

    def _confirm(self, exchange: Exchange, text: str, times: int) -> None:
        request = exchange.request
        shown = dataclasses.replace(
            exchange, request=dataclasses.replace(request, purpose="second look", control=None)
        )
        often = "twice" if times == TWICE else "once, and it did not come back"
        told = f"asked again alone it ended the process {often}: {text} after {exchange.outcome}"
        self._keep(shown)
        self._culprits[request.id] = Culprit(shown, told, request.label, request.control)

    async def _ready(self, probe: Request) -> bool:
        if not await self._life.lives(probe, BACK_S):
            return False
        await self._life.watch(probe)
        return True


def affordable(candidates: list[Asked]) -> list[Asked]:
    """Return as many candidates as one inquest may ask, with few pictures among them."""
    found, pictures = [], 0
    for one in candidates:
        price = 0 if costs_nothing(one) else max(one.request.pictures, 1)
        if pictures + price > MOST_PICTURES:
            continue
        pictures += price
        found.append(one)
    return found[:MOST_ASKED]
