"""Decides when each request leaves: how many at once, in which order, and how quickly.

How many at once is an `AdaptiveLimit`, how quickly are the `Rate`s of `Lanes`. Everything that
leaves for the gateway takes its turn here: requests, bursts (all their members together), pairs
that are pipelined (two), rechecks, probes, and the pictures that the gateway itself serves.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections import Counter, deque
from typing import TYPE_CHECKING

from conformance.send.rates.places import PLAIN, Asks, Place, Waiter
from conformance.send.rates.told import NOTHING, Told
from conformance.send.rates.waits import Waits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from conformance.send.clock import Clock
    from conformance.send.rates.adaptive_limit import AdaptiveLimit
    from conformance.send.rates.cycles import Ticket
    from conformance.send.rates.lanes import Kind, Lanes

# So long a run may take longer than without a rate limit.
MOST_PACED_S = 1800.0
# A wait that is shorter would not let the clock move on.
SHORTEST_S = 0.001


class Limiter:
    """The turns of the requests of one sender; used on the network's thread only."""

    def __init__(
        self, limit: AdaptiveLimit, clock: Clock, lanes: Lanes, waits: Waits | None = None
    ) -> None:
        self.lanes = lanes
        self._limit = limit
        self._clock = clock
        self.waits = waits or Waits()
        self._inside = 0
        self._waiting: deque[Waiter] = deque()
        # The members of a burst whose turn was taken with the first of them.
        self._together: Counter[str] = Counter()
        # Set, and made anew, whenever an answer says something about the rate.
        self._changed = asyncio.Event()

    @property
    def size(self) -> int:
        """How many requests may be in flight now."""
        return self._limit.size

    @contextlib.asynccontextmanager
    async def place(self, asks: Asks = PLAIN, *, again: bool = False) -> AsyncIterator[Place]:
        """Wait for a turn, hold a place in flight, and give it back.

        Requests get their turns in the order in which they came. A request that is sent `again`,
        or that already waited for another one, comes before all others. What has to wait for its
        rate lets the other kinds pass.
        """
        held = await self._turn(asks, again=again)
        try:
            yield held
        finally:
            self._inside -= 1
            self._lost(held)
            self._let_in()

    @contextlib.asynccontextmanager
    async def download(self, *, own: bool) -> AsyncIterator[Place]:
        """Wait for the turn of a picture; `own` says that the gateway itself serves it.

        It holds no place, because its request holds one.
        """
        while (wait := self._wait_for_picture(own=own)) > 0:
            if wait < math.inf:
                await self._clock.wait(self._changed, max(wait, SHORTEST_S))
            else:
                await self._changed.wait()
        kinds: tuple[Kind, ...] = ("picture", "good") if own else ("picture",)
        held = Place(Asks("picture"), closed=self.lanes.of("picture").closed)
        if not held.closed:
            held.tickets = self._tickets(kinds, 1)
        try:
            yield held
        finally:
            self._lost(held)
            self._let_in()

    def has_waiting(self, kind: Kind) -> bool:
        """Return whether another request waits for the rate of this kind."""
        rate = self.lanes.of(kind)
        return any(self.lanes.of(waiter.asks.kind) is rate for waiter in self._waiting)

    def limited(self, held: Place, says: Told = NOTHING) -> None:
        """Take note that the gateway asked a request to come later."""
        now = self._tell(held)
        kind, ticket = held.tickets[0]
        rate = self.lanes.of(kind)
        known = rate.per_s is not None
        self.lanes.limited(kind, ticket, now, says, first=not held.asks.limited)
        for other, beside in held.tickets[1:]:
            self.lanes.of(other).lost(beside, now)
        if kind != "picture" and not ticket.alone:
            self._limit.too_many(held.shrunk)
        self._learnt(known=known)

    def passed(self, held: Place) -> None:
        """Take note that the gateway took a request."""
        now = self._tell(held)
        known = self.lanes.shared.per_s is not None
        for kind, ticket in held.tickets:
            self.lanes.passed(kind, ticket, now)
        self._learnt(known=known)
        self._let_in()

    def answered(self, picture_s: float | None = None) -> None:
        """Count a good answer, and let more requests in if that raises the limit.

        Args:
            picture_s: how long each picture took, for an answer that has pictures.
        """
        self._limit.answered(picture_s)
        self._let_in()

    def _tell(self, held: Place) -> float:
        held.told = True
        self._changed.set()
        self._changed = asyncio.Event()
        return self._clock.now()

    def _learnt(self, *, known: bool) -> None:
        """Once a rate is learnt, the number in flight is not to blame for what came before."""
        if not known and self.lanes.shared.per_s is not None:
            self._limit.blameless()

    def _lost(self, held: Place) -> None:
        if not held.told:
            self._tell(held)
            for kind, ticket in held.tickets:
                self.lanes.of(kind).lost(ticket, self._clock.now())

    async def _turn(self, asks: Asks, *, again: bool) -> Place:
        waiter = Waiter(asks)
        (self._waiting.appendleft if again else self._waiting.append)(waiter)
        try:
            self._let_in()
            while waiter.place is None:
                waiter.poked.clear()
                if waiter.due < math.inf:
                    rest = max(waiter.due - self._clock.now(), SHORTEST_S)
                    await self._clock.wait(waiter.poked, rest)
                else:
                    await waiter.poked.wait()
                if not waiter.poked.is_set():
                    waiter.due = math.inf
                    self._let_in()
        except asyncio.CancelledError:
            if waiter.place is None:
                self._waiting.remove(waiter)
            else:
                self._inside -= 1
            raise
        return waiter.place

    def _let_in(self) -> None:
        """Give turns to all who may go now, and tell the first who wait for a rate how long."""
        now = self._clock.now()
        blocked: set[int] = set()
        while (waiter := self._next(now, blocked)) is not None:
            self._waiting.remove(waiter)
            self._inside += 1
            waiter.place = self._granted(waiter.asks, now)
            waiter.poked.set()
        held = any(rate.held for rate in self.lanes.all if id(rate) in blocked)
        self.waits.note(now, waiting=bool(blocked), held=held)
        if blocked and self.waits.paced_s > MOST_PACED_S:
            self._close()

    def _next(self, now: float, blocked: set[int]) -> Waiter | None:
        """Return the first who may go; add the rates that others wait for to `blocked`."""
        if not self._waiting or self._inside >= self._limit.size:
            return None
        for waiter in self._waiting:
            rate = self.lanes.of(waiter.asks.kind)
            if rate.closed or (self._together[waiter.asks.burst] and not rate.held):
                return waiter
            if id(rate) in blocked:
                continue
            wait = rate.wait(now, max(waiter.asks.count, self._members(waiter.asks)))
            if wait <= 0:
                return self._looker(waiter) if rate.held else waiter
            blocked.add(id(rate))
            if abs(now + wait - waiter.due) > SHORTEST_S:
                waiter.due = now + wait
                waiter.poked.set()
            if len(blocked) == len(self.lanes.all):
                break
        return None

    def _looker(self, first: Waiter) -> Waiter:
        """Return who looks whether a hold is over: one that met the limit least often.

        What is refused for its own sake would find the gateway closed for ever.
        """
        rate = self.lanes.of(first.asks.kind)
        same = (w for w in self._waiting if self.lanes.of(w.asks.kind) is rate)
        return min(same, key=lambda w: (w.asks.limited, w.asks.count))

    def _members(self, asks: Asks) -> int:
        """Return how many members of a burst go together: no more than may be in flight."""
        return min(asks.members, self._limit.size) if asks.burst else 0

    def _granted(self, asks: Asks, now: float) -> Place:
        rate = self.lanes.of(asks.kind)
        if rate.closed:
            return Place(asks, self._limit.shrunk, closed=rate.closed)
        count = asks.count
        if self._together[asks.burst]:
            self._together[asks.burst] -= 1
            count = 0
        elif rate.per_s is not None and not rate.held:
            members = self._members(asks)
            self._together[asks.burst] = max(members - 1, 0)
            count = max(count, members)
        return Place(asks, self._limit.shrunk, self._tickets((asks.kind,), count, now))

    def _tickets(
        self, kinds: tuple[Kind, ...], count: int, now: float | None = None
    ) -> tuple[tuple[Kind, Ticket], ...]:
        at = self._clock.now() if now is None else now
        alone = self._inside <= 1
        return tuple((kind, self.lanes.of(kind).sent(at, count, alone=alone)) for kind in kinds)

    def _wait_for_picture(self, *, own: bool) -> float:
        now = self._clock.now()
        rates = [self.lanes.of("picture"), *([self.lanes.shared] if own else [])]
        if any(rate.closed for rate in rates):
            return 0.0
        return max(rate.wait(now) for rate in rates)

    def _close(self) -> None:
        text = f"keeping to the gateway's rate took longer than {MOST_PACED_S / 60:.0f} min"
        for rate in self.lanes.all:
            rate.closed = rate.closed or text
        self._let_in()
