"""Sends through an outage: a gateway that went down gets time to come back.

What went out, and what became of it, is noted in `falls`: it may have ended the gateway's process.
While an inquest asks candidates alone, all other requests wait here.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from typing import TYPE_CHECKING

from conformance.http.exchange import Exchange
from conformance.send.outages.comeback import OUTAGE_S, Comeback
from conformance.send.outages.falls import Falls, down, is_a_proxys
from conformance.send.outages.life import address_of, harmless
from conformance.send.wire import opening, unopened
from conformance.send.wire.transport import Transport

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from conformance.http.request import Request
    from conformance.send.clock import Clock
    from conformance.send.outages.asked import Asked
    from conformance.send.wire.body import Hold
    from conformance.target.target import Target

OUTAGES = 5
# So many requests in a row without an answer are looked into, and so many times for nothing.
ROW = 3
MOST_FALSE_ALARMS = 3


def exchange_broke(exchange: Exchange) -> bool:
    """Return whether a connection broke, or a proxy says that nobody listens behind it."""
    return exchange.failure == "dropped" or is_a_proxys(exchange)


class OutageMonitor:
    """What a sender knows of its gateway being up."""

    def __init__(
        self,
        target: Target,
        timeout_s: float,
        clock: Clock,
        waited: Callable[[float], None] = lambda _s: None,
    ) -> None:
        """Begin; `waited` is told how long each wait for the gateway took."""
        self.had_outage = False
        self.falls = Falls(clock)
        self._target = target
        self._timeout_s = timeout_s
        self._clock = clock
        # To accept connections is less than to answer, so each has its own memory of what was in vain.
        self._answers = Comeback(clock, waited)
        self._accepts = Comeback(clock, waited)
        self._answered = False
        # Whether anything but a proxy that has nobody behind it answered: what never did is not waited for.
        self._served = False
        self._gone = False
        self._asked_why = False
        self._looking = asyncio.Lock()
        self._inside = 0
        # How many requests broke one after the other, and how often that was no outage.
        self._row = 0
        self._false_alarms = 0
        self._alone = asyncio.Lock()
        self._empty = asyncio.Event()

    async def send(
        self,
        request: Request,
        through: Transport,
        hold: Hold | None,
        may_resend: Callable[[], bool],
        patience_s: float | None = None,
    ) -> Exchange:
        """Send a request; if the gateway is down, wait until it is back and send it then.

        `patience_s` is how long its answer is waited for, if that is not the whole time.
        """
        patience_s = self._timeout_s if patience_s is None else patience_s
        # Whoever asks alone holds the lock until it is done.
        async with self._alone:
            self._inside += 1
        asked = self.falls.began(request)
        try:
            # A server that is busy with others may let a handshake wait, too.
            alone = not self._answered and self._inside == 1
            exchange = await through.send(
                request,
                patience_s,
                hold,
                may_resend,
                connect_s=opening.CONNECT_S if alone else None,
            )
            self._learn(asked, exchange)
            if exchange.failure == "dropped" and not self.had_outage:
                exchange = await self._explained(exchange)
            if self._served and self._row >= ROW and exchange_broke(exchange):
                await self._wait_behind_a_proxy(request)
            for _ in range(OUTAGES):
                if exchange.failure != "unreachable" or not self._answered:
                    return exchange
                self.had_outage = True
                if not await self._comes_back():
                    break
                asked.began = self._clock.now()
                exchange = await through.send(request, patience_s, may_resend=may_resend)
                self._learn(asked, exchange)
            if exchange.failure != "unreachable":
                return exchange
            return Exchange(request, None, "down", down(self.falls))
        finally:
            self.falls.left(asked)
            self._inside -= 1
            self._empty.set()

    @contextlib.asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Hold back every other request, and wait until none is in flight."""
        async with self._alone:
            while self._inside:
                self._empty.clear()
                await self._empty.wait()
            yield

    def _learn(self, asked: Asked, exchange: Exchange) -> None:
        self.falls.ended(asked, exchange)
        self._row = self._row + 1 if exchange_broke(exchange) else 0
        self._answered |= exchange.reply is not None
        self._served |= exchange.reply is not None and not exchange_broke(exchange)

    @property
    def gone(self) -> bool:
        """Whether the gateway did not come back when somebody waited for it."""
        return self._gone

    @property
    def fell(self) -> bool:
        """Whether the gateway's process ended at any time."""
        return self._gone or bool(self.falls.all)

    async def recovered(self, exchange: Exchange) -> None:
        """After a broken connection, wait until the gateway answers a request again.

        A process that just died may still have accepted the next connection, so a connection alone
        proves nothing. A gateway that never answered is not waited for, nor is one that takes the
        request and then says nothing: that is no fall.
        """
        if exchange.failure != "dropped" or not self._answered:
            return
        await self._tries_until(exchange.request, lambda found: found.reply is not None)

    async def _wait_behind_a_proxy(self, request: Request) -> None:
        """Wait until the gateway answers, if what stands before it takes connections without it.

        A server that breaks off some requests answers one for nothing, and one that breaks off all
        never does: both are no outage, and are waited for a few times only.
        """
        async with self._looking:
            if self._row < ROW or self._false_alarms >= MOST_FALSE_ALARMS:
                return
            tries = await self._tries_until(request, lambda found: not exchange_broke(found))
            if tries:
                self.had_outage = True
            else:
                self._false_alarms += 1
            self._row = 0

    async def _tries_until(
        self, request: Request, answered: Callable[[Exchange], bool]
    ) -> int | None:
        """Ask for nothing until that is answered; return after how many tries, or None if never.

        A gateway that takes the request and then says nothing is not waited for.
        """

        async def look() -> bool | None:
            async with Transport(self._target) as own:
                found = await own.send(harmless(request), min(self._timeout_s, OUTAGE_S))
            if found.failure == "timeout":
                return None
            return found.reply is not None and answered(found)

        return await self._answers.until(look)

    async def is_back(self) -> bool:
        """Wait for a gateway that may be down; return whether it accepts connections."""
        return await self._comes_back()

    async def _explained(self, exchange: Exchange) -> Exchange:
        """Say why, if a server that never answered closes every connection because of TLS."""
        if self._answered or self._asked_why:
            return exchange
        self._asked_why = True
        text = await unopened.why_closed(self._target, address_of(self._target))
        if not text:
            return exchange
        return dataclasses.replace(exchange, failure="unreachable", failure_text=text)

    async def _comes_back(self) -> bool:
        async def look() -> bool:
            return await opening.answers(address_of(self._target))

        async with self._looking:
            back = not self._gone and await self._accepts.until(look) is not None
            self._gone = not back
            return back


@dataclasses.dataclass(frozen=True)
class Unguarded:
    """Sends what an inquest asks: nothing is noted, and nobody is waited for."""

    timeout_s: float
    fell: bool = False

    async def send(
        self,
        request: Request,
        through: Transport,
        hold: Hold | None,
        may_resend: Callable[[], bool],
        patience_s: float | None = None,
    ) -> Exchange:
        """Send a request once."""
        return await through.send(request, patience_s or self.timeout_s, hold, may_resend)

    async def is_back(self) -> bool:
        """Wait for nothing: the inquest looks for itself."""
        return True
