"""How many requests may be in flight: as many as asked for, fewer once the gateway says too many.

It is also where those of a burst meet, to be finished in the same moment.

A 429, or a 503 with Retry-After, quiets everybody for as long as it asks, and halves the room: once
for all that were in flight together, but to no more than were not put off. Answers after that give
it back, one place at a time. How many were too many is remembered: that many are tried again only
after a while, and each time that it was in vain after twice as long. So a gateway that takes two at
once is seldom asked for three.

A room that grows (`--concurrency auto`) starts small and gets one place more with each few good
answers, until a 429, a 503, or pictures that take longer and longer say that it is enough.
"""

from __future__ import annotations

import asyncio
import contextlib
import statistics
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ANSWERS_FOR_ONE_MORE = 8
ANSWERS_WHILE_CALM = 2
FIRST_PATIENCE = 16
# Where a room that grows starts, and where it ends.
FEW, MANY = 4, 32
# Pictures that take this many times as long as the quickest, and so much longer, are rising times.
RISE, RISE_S = 2.0, 0.05
WINDOW = 6
MOST_WAITED_S = 300.0


class Limiter:
    """Lets a bounded number of requests in at once; must be made on the loop that uses it."""

    def __init__(self, most: int, *, grows: bool = False) -> None:
        self._grows = grows
        self._most = MANY if grows else most
        self._limit = FEW if grows else most
        # So many were too many; none is known yet.
        self._too_many = 0
        # How many of those that were too many were put off.
        self._refused = 0
        self._wait_budget = FIRST_PATIENCE
        self._answers = 0
        self._shrunk = 0
        self._times: deque[float] = deque(maxlen=WINDOW)
        self._quickest = 0.0
        self._inside = 0
        self._quiet_until = 0.0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def size(self) -> int:
        """How many may be in flight now."""
        return self._limit

    @contextlib.asynccontextmanager
    async def place(self, *, again: bool = False) -> AsyncIterator[int]:
        """Wait for a place, hold it, and give it back; the value is what `too_many` takes.

        Whoever came first is let in first, and whoever is sent `again`, or has waited for something
        else already, before all others.
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
            yield self._shrunk
        finally:
            self._inside -= 1
            self._let_in()

    def _has_room(self) -> bool:
        return self._inside < self._limit

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

    def too_many(self, wait_s: float, entered: int) -> None:
        """The gateway put a request off: be quiet for so long, with less room from then on.

        Args:
            wait_s: how long it asks to wait.
            entered: the value of the request's place. What was let in before the room became
                smaller says nothing about the smaller room, but that it may still be too large.
        """
        self._quiet_until = max(self._quiet_until, asyncio.get_running_loop().time() + wait_s)
        if entered < self._shrunk:
            if entered == self._shrunk - 1:
                self._refused += 1
                self._limit = max(min(self._limit, self._too_many - self._refused), 1)
            return
        if self._limit == self._too_many:
            self._wait_budget *= 2
            self._shrink(self._limit - 1)
        else:
            self._shrink(self._limit // 2)

    def answered(self, picture_s: float | None = None) -> None:
        """The gateway answered: after some answers there is room for one more.

        Args:
            picture_s: how long each picture took, for an answer that has some.
        """
        if picture_s is not None and self._grows and self._times_rise(picture_s):
            self._shrink(self._limit * 3 // 4)
            return
        self._answers += 1
        if self._limit < self._most and self._answers >= self._needed():
            self._answers = 0
            self._limit += 1
            self._let_in()

    def _needed(self) -> int:
        if not self._too_many:
            return ANSWERS_WHILE_CALM
        return self._wait_budget if self._limit + 1 >= self._too_many else ANSWERS_FOR_ONE_MORE

    def _shrink(self, limit: int) -> None:
        self._too_many = self._limit
        self._refused = 1
        self._limit = max(limit, 1)
        self._answers = 0
        self._shrunk += 1
        self._times.clear()

    def _times_rise(self, picture_s: float) -> bool:
        self._times.append(picture_s)
        if len(self._times) < WINDOW:
            self._quickest = min(self._quickest or picture_s, picture_s)
            return False
        usual = statistics.median(self._times)
        return self._limit > 1 and usual > self._quickest * RISE + RISE_S


class WaitBudget:
    """Bounds how long a whole run waits for a gateway that puts requests off."""

    def __init__(self) -> None:
        self.waited_s = 0.0
        self._until = 0.0

    def allows(self, wait_s: float) -> bool:
        """Take a wait into account, or say that the run has waited long enough.

        Requests that wait at the same time wait once.
        """
        now = asyncio.get_running_loop().time()
        more = max(now + wait_s - max(self._until, now), 0.0)
        if self.waited_s + more > MOST_WAITED_S:
            return False
        self.waited_s += more
        self._until = max(self._until, now + wait_s)
        return True
