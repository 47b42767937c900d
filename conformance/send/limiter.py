"""Lets a bounded number of requests in at once, and pauses all of them when the gateway asks.

The bound is an `AdaptiveLimit`. A 429, or a 503 with Retry-After, pauses every request for as long
as it says.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from conformance.send.adaptive_limit import AdaptiveLimit
    from conformance.send.clock import Clock

MOST_WAITED_S = 300.0


class Limiter:
    """The places of the requests in flight, given in the order in which requests ask for them."""

    def __init__(self, limit: AdaptiveLimit, clock: Clock) -> None:
        self._limit = limit
        self._clock = clock
        self._inside = 0
        self._quiet_until = 0.0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def size(self) -> int:
        """How many requests may be in flight now."""
        return self._limit.size

    @contextlib.asynccontextmanager
    async def place(self, *, again: bool = False) -> AsyncIterator[int]:
        """Wait for a place, hold it, and give it back; the value is what `too_many` takes.

        Requests get their places in the order in which they came. A request that is sent `again`,
        or that already waited for another one, comes before all others.
        """
        if self._waiting or not self._has_room():
            turn = asyncio.get_running_loop().create_future()
            (self._waiting.appendleft if again else self._waiting.append)(turn)
            # The request that gives its place back counts the next one in.
            await turn
        else:
            self._inside += 1
        try:
            await self._quiet()
            yield self._limit.shrunk
        finally:
            self._inside -= 1
            self._let_in()

    def too_many(self, wait_s: float, entered: int) -> None:
        """Pause all requests and lower the limit, because the gateway asked for a later retry.

        Args:
            wait_s: how many seconds to pause.
            entered: the value of the request's place.
        """
        self._quiet_until = max(self._quiet_until, self._clock.now() + wait_s)
        self._limit.too_many(entered)

    def answered(self, picture_s: float | None = None) -> None:
        """Count a good answer, and let more requests in if that raises the limit.

        Args:
            picture_s: how long each picture took, for an answer that has pictures.
        """
        self._limit.answered(picture_s)
        self._let_in()

    def _has_room(self) -> bool:
        return self._inside < self._limit.size

    def _let_in(self) -> None:
        while self._waiting and self._has_room():
            turn = self._waiting.popleft()
            if not turn.done():
                self._inside += 1
                turn.set_result(None)

    async def _quiet(self) -> None:
        while (rest := self._quiet_until - self._clock.now()) > 0:
            await self._clock.sleep(rest)


class WaitBudget:
    """Bounds how long a whole run waits for a gateway that asks for later retries."""

    def __init__(self, clock: Clock, most_s: float = MOST_WAITED_S) -> None:
        self.waited_s = 0.0
        self._clock = clock
        self._most_s = most_s
        self._until = 0.0

    def allows(self, wait_s: float) -> bool:
        """Take a wait into account, or return False if the run has waited long enough.

        Requests that wait at the same time wait once.
        """
        now = self._clock.now()
        more = max(now + wait_s - max(self._until, now), 0.0)
        if self.waited_s + more > self._most_s:
            return False
        self.waited_s += more
        self._until = max(self._until, now + wait_s)
        return True
