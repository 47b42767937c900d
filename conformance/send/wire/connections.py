"""The connections of a sender: those that all requests share, and those that have a name."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from conformance.http.bounds import Allowance
from conformance.send.wire.kept import SurplusFound
from conformance.send.wire.transport import Transport

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from conformance.http.exchange import Exchange
    from conformance.send.wire.kept import Surplus
    from conformance.target.target import Target


class Connections:
    """The transports to one target, by what they are used for."""

    def __init__(self, target: Target) -> None:
        # What came behind answers, whatever their connection was used for.
        self.surplus = SurplusFound()
        # What the run may still keep of answers.
        self.kept = Allowance()
        self._target = target
        self.shared = self.fresh()
        self._named: dict[str, tuple[asyncio.Lock, Transport]] = {}

    @contextlib.asynccontextmanager
    async def named(self, name: str) -> AsyncIterator[Transport]:
        """Lend the connection with this name, to one request at a time."""
        if name not in self._named:
            # A check looks at whether the server keeps it, so this side never closes it.
            own = Transport(self._target, idle_s=None, surplus=self.surplus, kept=self.kept)
            self._named[name] = (asyncio.Lock(), own)
        lock, own = self._named[name]
        async with lock:
            yield own

    def fresh(self) -> Transport:
        """Return a transport whose first connection is new; close it after use."""
        return Transport(self._target, surplus=self.surplus, kept=self.kept)

    def led_astray(self, exchange: Exchange) -> bool:
        """Return whether an answer may be what came behind an earlier one on its connection."""
        return exchange.reused and bool(self.surplus.found)

    async def glance(self) -> None:
        """Note what came on idle connections by now."""
        for own in (self.shared, *(own for _, own in self._named.values())):
            await own.broken()

    async def look(self) -> tuple[Surplus, ...]:
        """Close the connections that are free, and return what came behind all answers so far."""
        for _, own in self._named.values():
            await own.look()
        await self.shared.look()
        return tuple(self.surplus.found)

    async def close(self) -> None:
        """Close every connection that was not lent as a fresh one."""
        for _, own in self._named.values():
            await own.close()
        await self.shared.close()
