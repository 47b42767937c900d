"""Looks whether the gateway's process lives: new connections, and idle ones that are watched.

A look says that the process ended where a new connection is refused, where a proxy before it says
that nobody listens, or where connections that were idle beside the request break although they
stand for as long without it: a restart loop may be back before
anybody connects, and other processes of the gateway may serve meanwhile. A server that closes only
the connection of its answer lets the idle ones stand; one that closes what is idle for some seconds
does so without the request, too.
"""

from __future__ import annotations

import contextlib
import dataclasses
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conformance.send.outages.falls import BAD_GATEWAY
from conformance.send.wire import opening

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.http.request import Request
    from conformance.send.clock import Clock
    from conformance.send.wire.transport import Transport
    from conformance.target.target import Target

# How often to look.
STEP_S = 0.05
# How long idle connections are watched beside nothing, to see whether the server closes them.
ALONE_S = 0.6
WATCHED = 4
# After so long new ones are opened: a server may close what is idle for some seconds.
OLD_S = 2.0
# How long a gateway that may have ended gets to come back, so that it can be watched beside nothing.
BACK_S = 30.0


def address_of(target: Target) -> opening.Address:
    """Return where a target listens."""
    parts = urlsplit(target.url)
    secure = target.tls.gateway() if parts.scheme == "https" else None
    port = parts.port or (443 if secure else 80)
    return opening.Address(parts.hostname or "", port, secure, target.proxy)


async def refuses(target: Target) -> bool:
    """Return whether a new connection to the target is refused, or cannot be made."""
    return not await opening.answers(address_of(target))


def harmless(request: Request) -> Request:
    """Return a request that asks for nothing, made of one of the run."""
    return dataclasses.replace(
        request, label="a look", method="GET", body=b"", chunked=False, delivery="", connection=""
    )


class Life:
    """Looks at one gateway; `fresh` gives a transport whose first connection is new."""

    def __init__(
        self, target: Target, fresh: Callable[[], Transport], timeout_s: float, clock: Clock
    ) -> None:
        self._target = target
        self._fresh = fresh
        self._timeout_s = timeout_s
        self._clock = clock
        self._watched: list[Transport] = []
        # Whether idle connections stand while nothing is asked, so that a break says something.
        self._stand = False
        self._opened_at = 0.0
        # After so many idle seconds the server closes a connection by itself.
        self._closes_after_s = float("inf")
        # Whether a look gets an answer of the gateway itself, so that a proxy's says something.
        self._own = False

    async def lives(self, probe: Request, most_s: float) -> bool:
        """Wait until the gateway answers, for so long at most; return whether it does."""
        until = self._clock.now() + most_s
        while True:
            found = await self._look(probe)
            if found is not None and not (self._own and found in BAD_GATEWAY):
                self._own = found not in BAD_GATEWAY
                return True
            if self._clock.now() >= until:
                return False
            await self._clock.sleep(STEP_S * 5)

    async def watch(self, probe: Request) -> None:
        """Open idle connections to watch, unless some stand already and are not idle for long."""
        is_old = self._clock.now() - self._opened_at > OLD_S
        if self._watched and not is_old and not await self._broken():
            return
        self._stand = await self._stands_alone(probe, ALONE_S)

    async def ended(self, probe: Request, within_s: float) -> str:
        """Look for so long whether the process ends; return what shows it, or an empty text."""
        until = self._clock.now() + within_s
        while True:
            if self._stand and (broken := await self._broken()):
                if await refuses(self._target):
                    return "new connections were refused, and idle ones broke"
                if await self._stand_without_it(probe, self._clock.now() - self._opened_at):
                    return f"{broken} of {WATCHED} idle connections broke, which stand without it"
                self._stand = False
            if self._own and (found := await self._look(probe)) in BAD_GATEWAY:
                return f"a request for nothing was answered with {found}"
            if self._clock.now() >= until:
                break
            await self._clock.sleep(STEP_S)
        return "new connections were refused" if await refuses(self._target) else ""

    async def _stand_without_it(self, probe: Request, seconds: float) -> bool:
        """Return whether idle connections stand for so long while nothing is asked."""
        if seconds >= self._closes_after_s:
            return False
        if not await self.lives(probe, BACK_S):
            return True
        if await self._stands_alone(probe, seconds + ALONE_S):
            return True
        self._closes_after_s = seconds
        return False

    async def _stands_alone(self, probe: Request, seconds: float) -> bool:
        """Open idle connections, and return whether all stand after so long beside nothing."""
        await self.close()
        self._opened_at = self._clock.now()
        for _ in range(WATCHED):
            own = self._fresh()
            self._watched.append(own)
            await own.send(harmless(probe), self._timeout_s)
        await self._pass(seconds)
        return not await self._broken()

    async def _look(self, probe: Request) -> int | None:
        async with self._fresh() as own:
            return (await own.send(harmless(probe), self._timeout_s)).status

    async def close(self) -> None:
        """Close the connections that are watched."""
        for own in self._watched:
            with contextlib.suppress(OSError):
                await own.close()
        self._watched = []

    async def _broken(self) -> int:
        return sum([await own.broken() > 0 for own in self._watched])

    async def _pass(self, seconds: float) -> None:
        until = self._clock.now() + seconds
        while self._clock.now() < until:
            await self._clock.sleep(STEP_S)
