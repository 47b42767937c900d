"""Where the requests of a burst meet, to be finished in the same moment."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from conformance.http.request import Request
    from conformance.send.clock import Clock

# So long a burst waits for its next member, and so long in all.
NEXT_S, MEETING_S = 0.1, 0.5


class Barrier:
    """Lets a known number of requests go on together; one that is too late joins the next group."""

    def __init__(self, parties: int, size: Callable[[], int], clock: Clock) -> None:
        self._missing = parties
        self._size = size
        self._clock = clock
        self._here = 0
        self._together = asyncio.Event()
        self._began = self._last = 0.0

    async def arrive(self) -> None:
        """Wait for the other members, but not long for one that is late or has to be retried.

        The barrier waits for no more members than may be in flight at this moment.
        """
        together, self._last = self._together, self._clock.now()
        self._began = self._began if self._here else self._last
        self._missing -= 1
        self._here += 1
        if self._missing <= 0 or self._here >= self._size():
            together.set()
        while (rest := self._ends() - self._clock.now()) > 0 and not together.is_set():
            await self._clock.wait(together, rest)
        together.set()
        if together is self._together:
            self._together, self._here = asyncio.Event(), 0

    def _ends(self) -> float:
        return min(self._last + NEXT_S, self._began + MEETING_S)


@dataclass(frozen=True)
class Meeting:
    """The burst of a request: its name, its members, and what each waits for before its last bytes."""

    name: str
    members: int
    arrive: Callable[[], Awaitable[None]]


class Barriers:
    """The barriers of all bursts, by the names of the bursts."""

    def __init__(self, size: Callable[[], int], clock: Clock) -> None:
        self._size = size
        self._clock = clock
        self._parties: Counter[str] = Counter()
        self._barriers: dict[str, Barrier] = {}

    def expect(self, requests: Iterable[Request]) -> None:
        """Count the members of each burst among the requests that will be sent."""
        self._parties.update(r.burst for r in requests if r.burst)

    def meeting(self, request: Request) -> Meeting | None:
        """Return where the members of a request's burst meet; None for all others."""
        parties = self._parties[request.burst] if request.burst else 0
        if parties <= 1:
            return None
        name = request.burst
        if name not in self._barriers:
            self._barriers[name] = Barrier(parties, self._size, self._clock)
        return Meeting(name, parties, self._barriers[name].arrive)
