"""Sends requests phase after phase: first attempts together, then rechecks, then the parts.

A request may ask for several things at once. If it is not accepted, the requests that ask for one
of them each are sent after it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from conformance.http.request import HEAVY, MAIN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.http.exchange import Exchange
    from conformance.http.request import Purpose, Request
    from conformance.send.barrier import Barriers
    from conformance.send.deadlines.bounded import Bounded
    from conformance.send.recheck import RecheckPolicy, Rechecks
    from conformance.send.retry import Retries
    from conformance.send.wire.connections import Connections

# Takes an exchange that is settled, and returns the requests that are sent in its place.
Settle = Callable[["Exchange"], "list[Request]"]
Ahead = asyncio.Task["Exchange | None"]


class Phases:
    """The order in which one sender sends; used on the network's thread only."""

    def __init__(
        self,
        *,
        retries: Retries,
        rechecks: Rechecks,
        policy: RecheckPolicy,
        connections: Connections,
        barriers: Barriers,
        settle: Settle,
        bounded: Bounded,
    ) -> None:
        self._retries = retries
        self._rechecks = rechecks
        self._policy = policy
        self._connections = connections
        self._barriers = barriers
        self._settle = settle
        self._bounded = bounded
        self._arrived: dict[str, asyncio.Event] = {}
        self._ahead: list[Ahead] = []

    def expect(self, requests: Iterable[Request]) -> None:
        """Prepare for requests that will be sent: others may come after them, or in their burst."""
        requests = list(requests)
        self._barriers.expect(requests)
        for request in requests:
            self._arrived[request.id] = asyncio.Event()

    def send_ahead(self, requests: Iterable[Request], purpose: Purpose) -> list[Ahead]:
        """Begin to send requests whose rechecks are left to the next `run`."""
        found = [asyncio.ensure_future(self._first(r, purpose, [])) for r in requests]
        self._ahead += found
        return found

    def take_ahead(self) -> list[Ahead]:
        """Return what was sent ahead and not taken yet."""
        taken, self._ahead = self._ahead, []
        return taken

    async def run(self, requests: list[Request], purpose: Purpose, ahead: list[Ahead]) -> None:
        """Send requests phase after phase, and recheck them with those that were sent ahead."""
        for phase in sorted({r.phase for r in requests} or {MAIN}):
            members = [r for r in requests if r.phase == phase]
            for group in [[r] for r in members] if phase == HEAVY else [members]:
                await self._together(group, purpose, ahead)
                ahead = []

    async def _together(
        self, requests: list[Request], purpose: Purpose, ahead: list[Ahead]
    ) -> None:
        parts: list[Request] = []
        first = await asyncio.gather(*(self._first(r, purpose, parts) for r in requests))
        if any(first):
            # Rechecks run alone, so wait until nothing is in flight.
            ahead = [*ahead, *self.take_ahead()]
        first += await asyncio.gather(*ahead)
        for exchange in await self._rechecks.confirmed([e for e in first if e is not None]):
            parts += self._settle(exchange)
        if parts:
            self.expect(parts)
            await self._together(parts, "plan", [])

    async def _first(
        self, request: Request, purpose: Purpose, parts: list[Request]
    ) -> Exchange | None:
        """Send a request; settle it, or return its exchange if it has to be sent again."""
        exchange = await self._bounded.within(
            self._sent(request, purpose), lambda: self._bounded.deadline.given_up(request)
        )
        self._arrived.pop(request.id).set()
        if self._policy.needs(exchange) or self._policy.doubts(exchange):
            return exchange
        parts += self._settle(exchange)
        return None

    async def _sent(self, request: Request, purpose: Purpose) -> Exchange:
        before = self._arrived.get(request.after or "")
        late = before is not None and not before.is_set() and await before.wait()
        if request.connection:
            async with self._connections.named(request.connection) as own:
                return await self._retries.send(request, own, purpose)
        meeting = self._barriers.meeting(request)
        shared = self._connections.shared
        return await self._retries.send(request, shared, purpose, meeting, late=late)
