"""How many requests may be in flight: as many as asked for, fewer once the gateway says too many.

It is also where those of a crowd meet, to be finished in the same moment.

A 429, or a 503 with Retry-After, quiets everybody for as long as it asks, and halves the room; each
answer after that gives a little of it back.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ANSWERS_FOR_ONE_MORE = 8
MEETING_S = 0.5


class Room:
    """Lets a bounded number of requests in at once; must be made on the loop that uses it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._limit = float(most)
        self._inside = 0
        self._quiet_until = 0.0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @contextlib.asynccontextmanager
    async def place(self, *, again: bool = False) -> AsyncIterator[None]:
        """Wait for a place, hold it, and give it back; whoever came first is let in first.

        `again` goes before all others: it has waited for something else already.
        """
        if self._waiting or not self._has_room():
            turn = asyncio.get_running_loop().create_future()
            (self._waiting.appendleft if again else self._waiting.append)(turn)
            # Whoever gives a place back takes it in the name of the next one.
            await turn
        else:
            self._inside += 1
        try:
            await self._quiet()
            yield
        finally:
            self._inside -= 1
            self._let_in()

    def _has_room(self) -> bool:
        return self._inside < max(int(self._limit), 1)

    def _let_in(self) -> None:
        while self._waiting and self._has_room():
            turn = self._waiting.popleft()
            if not turn.done():
                self._inside += 1
                turn.set_result(None)

    async def _quiet(self) -> None:
        clock = asyncio.get_running_loop().time
        while (rest := self._quiet_until - clock()) > 0:  # noqa: ASYNC110 - the end may move
            await asyncio.sleep(rest)

    def too_many(self, wait_s: float) -> None:
        """The gateway put a request off: be quiet for so long, with half the room from then on."""
        self._quiet_until = max(self._quiet_until, asyncio.get_running_loop().time() + wait_s)
        self._limit = max(self._limit / 2, 1.0)

    def answered(self) -> None:
        """The gateway answered: after some answers there is room for one more."""
        self._limit = min(self._limit + 1 / ANSWERS_FOR_ONE_MORE, float(self._most))


class Meeting:
    """Lets a known number of requests go on together, or each alone after a short while."""

    def __init__(self, parties: int) -> None:
        self._missing = parties
        self._complete = asyncio.Event()

    async def arrive(self) -> None:
        """Wait for the others: who is late, or put off, is not waited for long."""
        self._missing -= 1
        if self._missing <= 0:
            self._complete.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(MEETING_S):
                await self._complete.wait()
        self._complete.set()
