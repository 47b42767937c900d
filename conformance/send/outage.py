"""Notices that a gateway went down, waits for it to come back, and tells who merely met its fall.

The monitor names the requests that were in flight when the gateway fell to those that find it
down.
"""

from __future__ import annotations

import asyncio
import dataclasses
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conformance.http.exchange import Exchange
from conformance.send import opening, unopened
from conformance.send.transport import Transport

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.http.request import Request
    from conformance.send.body import Hold
    from conformance.send.clock import Clock
    from conformance.target.target import Target

OUTAGE_S = 15.0
OUTAGE_STEP_S = 0.25
OUTAGES = 5
STEPS = round(OUTAGE_S / OUTAGE_STEP_S)


class OutageMonitor:
    """What a sender knows of its gateway being up."""

    def __init__(self, target: Target, timeout_s: float, clock: Clock) -> None:
        self.had_outage = False
        self._target = target
        self._timeout_s = timeout_s
        self._clock = clock
        self._answered = False
        self._gone = False
        self._asked_why = False
        self._in_flight: list[str] = []
        self._fell_during: tuple[str, ...] = ()
        self._looking = asyncio.Lock()

    async def send(
        self,
        request: Request,
        through: Transport,
        hold: Hold | None,
        may_resend: Callable[[], bool],
    ) -> Exchange:
        """Send a request; if the gateway is down, wait until it is back and send it then."""
        self._in_flight.append(request.label)
        try:
            # A server that is busy with others may let a handshake wait, too.
            alone = not self._answered and len(self._in_flight) == 1
            exchange = await through.send(
                request,
                self._timeout_s,
                hold,
                may_resend,
                connect_s=opening.CONNECT_S if alone else None,
            )
            if exchange.reply is not None:
                self._answered = True
            if exchange.failure == "dropped" and not self.had_outage:
                self._fell_during = tuple(dict.fromkeys(self._in_flight))
                exchange = await self._explained(exchange)
            for _ in range(OUTAGES):
                if exchange.failure != "unreachable" or not self._answered:
                    return exchange
                self.had_outage = True
                if not await self._comes_back():
                    break
                exchange = await through.send(request, self._timeout_s, may_resend=may_resend)
            if exchange.failure != "unreachable":
                return exchange
            during = ", ".join(self._fell_during or self._in_flight)
            text = f"the gateway stopped answering; in flight then: {during}"
            return Exchange(request, None, "down", text)
        finally:
            self._in_flight.remove(request.label)

    async def recovered(self, exchange: Exchange) -> None:
        """After a broken connection, wait until the gateway answers a request again.

        A process that just died may still have accepted the next connection, so a connection alone
        proves nothing. A gateway that never answered is not waited for, nor is one that takes the
        request and then says nothing: that is no fall.
        """
        if exchange.failure != "dropped" or not self._answered:
            return
        probe = dataclasses.replace(exchange.request, method="GET", body=b"", chunked=False)
        for _ in range(STEPS):
            async with Transport(self._target) as own:
                found = await own.send(probe, min(self._timeout_s, OUTAGE_S))
            if found.reply is not None or found.failure == "timeout":
                return
            await self._clock.sleep(OUTAGE_STEP_S)

    async def _explained(self, exchange: Exchange) -> Exchange:
        """Say why, if a server that never answered closes every connection because of TLS."""
        if self._answered or self._asked_why:
            return exchange
        self._asked_why = True
        text = await unopened.why_closed(self._target, self._address())
        if not text:
            return exchange
        return dataclasses.replace(exchange, failure="unreachable", failure_text=text)

    async def _comes_back(self) -> bool:
        async with self._looking:
            tries = 0 if self._gone else STEPS
            back = await self._accepts_connections(tries)
            self._gone = not back
            return back

    async def _accepts_connections(self, tries: int) -> bool:
        for _ in range(tries):
            if await opening.answers(self._address()):
                return True
            await self._clock.sleep(OUTAGE_STEP_S)
        return False

    def _address(self) -> opening.Address:
        parts, target = urlsplit(self._target.url), self._target
        secure = target.tls.gateway() if parts.scheme == "https" else None
        port = parts.port or (443 if secure else 80)
        return opening.Address(parts.hostname or "", port, secure, target.proxy)
