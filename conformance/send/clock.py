"""The clock of everything that waits on purpose: limits, pauses, bursts and outages.

It is handed in, so that a test can let an hour pass in a millisecond. How long the network itself
takes (the timeout of a request) is measured in real time and does not use it.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


@dataclass(frozen=True)
class Clock:
    """The time in seconds from some fixed moment on, and a way to let time pass."""

    now: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]

    async def wait(self, event: asyncio.Event, most_s: float) -> None:
        """Wait for an event, but no longer than so many seconds."""
        either = {asyncio.ensure_future(event.wait()), asyncio.ensure_future(self.sleep(most_s))}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in either:
                task.cancel()


REAL = Clock(time.monotonic, asyncio.sleep)
