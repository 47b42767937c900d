"""Sends a request until it is answered: after a pause again, while the gateway asks for that.

A 429, or a 503 with Retry-After, is the weather of the whole gateway: the `Limiter` decides when
the request is sent again, and learns how quickly the gateway takes requests. A 408, 409 or 425 is
the request's own matter, and so is a 429 that comes again and again while others pass: there are a
few tries, after a pause each.
"""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from conformance.http import payload, status
from conformance.http.deliveries import ANSWERS
from conformance.http.exchange import Exchange
from conformance.send.attempts import unfetched
from conformance.send.rates import told
from conformance.send.rates.lanes import kind_of
from conformance.send.rates.pauses import PAUSES_S, limiting, pause_before_next
from conformance.send.rates.places import Asks
from conformance.send.rates.rate import MOST_HELD_S
from conformance.send.recheck import attempt_of

if TYPE_CHECKING:
    from conformance.http.exchange import Attempt
    from conformance.http.request import Purpose, Request
    from conformance.send.attempts import Attempts
    from conformance.send.barrier import Meeting
    from conformance.send.clock import Clock
    from conformance.send.deadlines.bounded import Bounded
    from conformance.send.rates.lanes import Kind
    from conformance.send.rates.limiter import Limiter
    from conformance.send.rates.places import Place
    from conformance.send.rates.told import Told
    from conformance.send.rates.waits import WaitBudget
    from conformance.send.wire.transport import Transport

MOST_BUSY = 6
# So many times limited while others passed, a request makes the learnt pace doubtful.
DOUBTED = 2
Same = tuple[object, ...]


@dataclass
class _Tries:
    """The tries of one request so far."""

    late: bool
    earlier: list[Attempt] = dataclasses.field(default_factory=list)
    # Tries that ask for a pause of this request alone.
    own: int = 0
    busy: int = 0
    # How often it was limited, since when, and how many requests of its rate had passed then.
    limited: int = 0
    since: float = 0.0
    passes: int = 0
    # How many other requests had been limited then.
    fresh: int = 0
    renewed: bool = False

    @property
    def again(self) -> bool:
        return self.late or bool(self.earlier)


@dataclass(frozen=True)
class Retries:
    """Sends requests within the limits of a run, each until it is answered."""

    attempts: Attempts
    limiter: Limiter
    wait_budget: WaitBudget
    clock: Clock
    bounded: Bounded
    # What was limited for its own sake: the same bytes are not tried so often again.
    own_matters: set[Same] = dataclasses.field(default_factory=set)
    # A request of each kind that was plainly refused: it asks for nothing when it looks again.
    known: dict[Kind, Request] = dataclasses.field(default_factory=dict)

    async def send(
        self,
        request: Request,
        through: Transport,
        purpose: Purpose,
        meeting: Meeting | None = None,
        *,
        late: bool = False,
    ) -> Exchange:
        """Send a request, and again after a pause while the gateway asks for a later retry.

        A request holds no place while it pauses. One that is sent again, or is `late` because it
        waited for another one, comes before those that were not sent yet.
        """
        tries, goes_on = _Tries(late), True
        exchange: Exchange | None = None
        while goes_on:
            asks = _asks(request, tries, meeting)
            async with self.limiter.place(asks, again=tries.again) as place:
                if place.closed:
                    exchange = _given_up(request, place.closed, exchange, tries)
                    break
                hold = meeting.arrive if meeting and not tries.earlier else None
                exchange = await self.attempts.send(
                    request, through, hold, purpose, len(tries.earlier)
                )
                pause = self._pause(exchange, place, tries)
                renewed = self.attempts.hits.again(exchange)
                if pause is None and exchange.ok and renewed is None:
                    exchange = await self._fetched(exchange)
            self._note()
            if renewed is not None:
                attempt = dataclasses.replace(attempt_of(exchange), excused=True)
                tries.earlier.append(attempt)
                request, tries.renewed = renewed, True
                continue
            goes_on = pause is not None
            if pause is not None:
                tries.earlier.append(attempt_of(exchange))
                if pause:
                    await self.clock.sleep(pause)
                elif tries.limited > 1:
                    await self._look(request, through)
        assert exchange is not None
        self._settled(exchange, tries)
        return dataclasses.replace(exchange, earlier=(*tries.earlier, *exchange.earlier))

    async def _fetched(self, exchange: Exchange) -> Exchange:
        fetching = self.attempts.fetched(exchange, self.limiter)
        return await self.bounded.within(fetching, lambda: unfetched(exchange), at_once=True)

    async def _look(self, limited: Request, through: Transport) -> None:
        """Let a known request look in the place of one that nothing else waits with.

        If that passes, the other one is limited for its own sake, and holds nobody up.
        """
        kind = kind_of(limited)
        if kind not in self.known or self.limiter.has_waiting(kind):
            return
        async with self.limiter.place(Asks(kind)) as place:
            if place.closed:
                return
            exchange = await self.attempts.send(self.known[kind], through, None, "second look", 1)
            reply = limiting(exchange)
            if reply is not None:
                self.limiter.limited(place, told.told(reply, exchange.finished_at))
            elif exchange.reply is not None:
                self.limiter.passed(place)

    def _remember(self, exchange: Exchange) -> None:
        """Keep a request that was refused at once, if any connection may carry it again."""
        request = exchange.request
        plain = not (request.delivery or request.connection or request.canary or request.burst)
        if plain and status.is_refusal(exchange) and request.method == "POST":
            self.known.setdefault(kind_of(request), request)

    def _settled(self, exchange: Exchange, tries: _Tries) -> None:
        # A hit for the fresh picture, too, says that the cache does not look at the picture.
        hits = self.attempts.hits
        if (tries.renewed and not exchange.from_cache) or hits.tells_nothing(exchange):
            self.attempts.usage.foreign_hits += 1
        if exchange.ok or status.is_refusal(exchange):
            made = payload.pictures_in(exchange)
            self.limiter.answered(exchange.elapsed_s / made if made else None)

    def _pause(self, exchange: Exchange, place: Place, tries: _Tries) -> float | None:
        """Return how many seconds this request pauses before it is sent again, or None for not at all."""
        reply = limiting(exchange)
        if reply is None:
            if exchange.reply is not None and not exchange.request.provider_fault:
                self.limiter.passed(place)
                self._remember(exchange)
                if tries.limited:
                    self.limiter.lanes.of(place.asks.kind).confirm()
            pause = pause_before_next(exchange, tries.own)
            tries.own += 1
            allowed = pause is not None and self.wait_budget.allows(pause)
            return pause if allowed else None
        tries.busy += reply.status == HTTPStatus.SERVICE_UNAVAILABLE
        if tries.busy > MOST_BUSY and exchange.request.expected != "accepted":
            return None  # it may be the failure of the provider that the request asked for
        if reply is not exchange.reply:
            # The first of a pair passed, and the one behind it came too soon.
            self.limiter.passed(place)
            return _own_pause(tries)
        if _same(exchange.request) in self.own_matters:
            return _own_pause(tries) if not tries.own else None
        pause = self._limited(place, told.told(reply, exchange.finished_at), tries)
        if tries.own >= DOUBTED:
            self.limiter.lanes.of(place.asks.kind).doubt()
        if pause is None and tries.own:
            self.own_matters.add(_same(exchange.request))
        return pause

    def _limited(self, place: Place, says: Told, tries: _Tries) -> float | None:
        rate, now = self.limiter.lanes.of(place.asks.kind), self.clock.now()
        # Others passed since its last 429, and none was limited: then the rate is not the reason.
        others_pass = rate.passes > tries.passes and rate.fresh == tries.fresh
        alone = tries.limited > 0 and others_pass
        tries.since = tries.since if tries.limited else now
        tries.limited, tries.passes = tries.limited + 1, rate.passes
        if says.wait_s:
            usage = self.attempts.usage
            usage.asked_s, usage.asked_until = says.wait_s, time.monotonic() + says.wait_s
        if not alone or says.wait_s is not None:
            self.limiter.limited(place, says)
        tries.fresh = rate.fresh
        if alone:
            pause = _own_pause(tries)
            return 0.0 if pause is not None and says.wait_s is not None else pause
        waited_long = now - tries.since >= MOST_HELD_S and tries.limited > 1
        return None if waited_long else 0.0

    def _note(self) -> None:
        """Write down what the limit cost so far."""
        usage, limiter = self.attempts.usage, self.limiter
        usage.waited_s = self.wait_budget.waited_s + limiter.waits.held_s
        usage.paced_s = limiter.waits.paced_s
        usage.limited = limiter.lanes.refused
        usage.per_minute = 60 * (limiter.lanes.slowest or 0.0)


def _asks(request: Request, tries: _Tries, meeting: Meeting | None) -> Asks:
    kind, count = kind_of(request), ANSWERS.get(request.delivery, 1)
    if meeting is None or tries.earlier:
        return Asks(kind, count, limited=tries.limited)
    return Asks(kind, count, meeting.name, meeting.members)


def _same(request: Request) -> Same:
    """Return what two requests with the same bytes have in common."""
    return request.method, request.url, request.credential, request.body


def _own_pause(tries: _Tries) -> float | None:
    """Return how long a request waits on its own account, or None after a few tries."""
    tries.own += 1
    return PAUSES_S[tries.own - 1] if tries.own <= len(PAUSES_S) else None


def _given_up(request: Request, why: str, last: Exchange | None, tries: _Tries) -> Exchange:
    """Return the last answer of a request that is not sent again, or why it never was sent."""
    if last is None:
        return Exchange(request, None, "limited", f"{why}; docs/rate-limits.md says what to do")
    tries.earlier.pop()
    return last
