"""Where the requests of a burst meet, to be finished in the same moment."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# So long a burst waits for one more, and so long in all.
NEXT_S, MEETING_S = 0.1, 0.5


class Barrier:
    """Lets a known number of requests go on together; who comes too late meets the next ones."""

    def __init__(self, parties: int, size: Callable[[], int]) -> None:
        self._missing = parties
        self._size = size
        self._here = 0
        self._together = asyncio.Event()
        self._began = self._last = 0.0

    async def arrive(self) -> None:
        """Wait for the others: who is late, or put off, is not waited for long.

        No more are waited for than may be in flight at this moment.
        """
        clock = asyncio.get_running_loop().time
        together, self._last = self._together, clock()
        self._began = self._began if self._here else self._last
        self._missing -= 1
        self._here += 1
        if self._missing <= 0 or self._here >= self._size():
            together.set()
        while (rest := self._ends() - clock()) > 0 and not together.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(rest):
                    await together.wait()
        together.set()
        if together is self._together:
            self._together, self._here = asyncio.Event(), 0

    def _ends(self) -> float:
        return min(self._last + NEXT_S, self._began + MEETING_S)
