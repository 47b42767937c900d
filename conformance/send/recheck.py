"""What is sent a second time before the gateway is blamed for it, and what both answers come to.

An unexpected answer may be an accident: of the network, of a restart, of the requests beside it.
So the sender repeats the request alone, on a new connection, and keeps both answers.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING

from conformance.http import status
from conformance.http.deliveries import MALFORMED
from conformance.http.exchange import Attempt, Exchange
from conformance.http.hurdles import hurdle_in

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

    from conformance.http.request import Request
    from conformance.send.deadlines.bounded import Bounded
    from conformance.send.deadlines.hangs import Hangs
    from conformance.send.outages.inquest import Inquest
    from conformance.send.outages.outage import OutageMonitor

MOST_ACCEPTANCES_RECHECKED = 3
MORE_LOOKS = 3

# What is kept of the headers of an earlier try.
MOST_HEADERS, LONGEST_HEADER = 40, 300
Pairs = tuple[tuple[str, str], ...]
Mismatch = Callable[[Exchange], str]


def matches(_exchange: Exchange) -> str:
    """Take every success for the one that was asked for."""
    return ""


def needs_recheck(exchange: Exchange, mismatch: Mismatch = matches) -> bool:
    """Return whether an answer is so unexpected that the request is sent once more.

    Args:
        exchange: the answer.
        mismatch: says in what a success is not the one that was asked for.
    """
    if exchange.request.provider_fault:
        # The provider failed on order; but what broke the connection may be the gateway's own fall.
        return exchange.failure in ("dropped", "unreachable", "down")
    if exchange.request.delivery in MALFORMED:
        return False  # any answer is right, as long as one comes in time
    if exchange.reply is None:
        return hurdle_in(exchange.failure_text) is None  # the next handshake fails the same way
    if exchange.status in status.SEND_AGAIN:
        return False
    if exchange.request.expected == "accepted" and not exchange.ok:
        return True
    return status.is_server_error(exchange) or bool(mismatch(exchange))


def passed_on_recheck(exchange: Exchange, mismatch: Mismatch = matches) -> bool:
    """Return whether the first answer to a request was unexpected, and the last one is not."""
    counted = any(not attempt.excused for attempt in exchange.earlier)
    return counted and not needs_recheck(exchange, mismatch)


def broke_twice(exchange: Exchange) -> bool:
    """Return whether a request broke its connection both times: it may well break others, too."""
    if exchange.request.provider_fault:
        return False  # it breaks only where the provider hangs up
    return exchange.failure == "dropped" and any(a.failure == "dropped" for a in exchange.earlier)


def excused(exchange: Exchange) -> Exchange:
    """Return an exchange whose failed first attempts do not count: the gateway was down then."""
    earlier = tuple(
        dataclasses.replace(a, excused=status.has_failed(a.status)) for a in exchange.earlier
    )
    return dataclasses.replace(exchange, earlier=earlier)


def attempt_of(exchange: Exchange, mismatch: Mismatch = matches) -> Attempt:
    """Return what is kept of an attempt after which the request was sent again."""
    return Attempt(
        exchange.status,
        exchange.failure,
        exchange.reply.text[:2000] if exchange.reply else exchange.failure_text,
        exchange.elapsed_s,
        _first(exchange.reply.headers) if exchange.reply else (),
        mismatch=mismatch(exchange),
        reused=exchange.reused,
        finished_at=exchange.finished_at,
    )


def _first(headers: Pairs) -> Pairs:
    return tuple((name, value[:LONGEST_HEADER]) for name, value in headers[:MOST_HEADERS])


class RecheckPolicy:
    """What one run has learnt of how steady its gateway is, and so what it sends again."""

    def __init__(
        self, mismatch: Mismatch = matches, astray: Callable[[Exchange], bool] = lambda _: False
    ) -> None:
        """Begin with nothing known.

        `astray` says whether an answer may be one that came behind another request's.
        """
        self.unsteady = False
        self._mismatch = mismatch
        self._astray = astray
        self._wavered = False
        self._doubted = 0

    def needs(self, exchange: Exchange) -> bool:
        """Return whether an answer is so unexpected that the request is sent once more."""
        return needs_recheck(exchange, self._mismatch)

    def doubts(self, exchange: Exchange) -> bool:
        """Return whether the acceptance of a faulty request is confirmed by a second attempt.

        Each costs a picture. So the first few are confirmed, those of a burst, and all of them once
        the second answer to such a request was another one.
        """
        if exchange.request.expected != "refused" or not exchange.ok:
            return False
        self._doubted += 1
        return (
            self._wavered
            or bool(exchange.request.burst)
            or self._doubted <= MOST_ACCEPTANCES_RECHECKED
        )

    def combined(
        self, first: Exchange, second: Exchange, *, excused_first: bool = False
    ) -> Exchange:
        """Return what the first and the second answer to a request come to.

        `excused_first` says that the first one was not waited for long enough to count.
        """
        proves_nothing = second.from_cache or status.is_busy(second.reply)
        # What came behind an answer is charged as that (ROBUST-11), and not to who got it.
        astray = second.reply is not None and self._astray(first)
        # If no picture or no time was left for a second attempt, the first one stays unconfirmed.
        unconfirmed = second.failure in ("budget", "overtime")
        if first.ok and not astray and (proves_nothing or unconfirmed):
            return first  # a cache repeats the first answer, a rate limit gives none
        wrongly = first.request.expected == "refused" and first.ok
        self._wavered = self._wavered or (wrongly and not second.ok)
        attempt = dataclasses.replace(
            attempt_of(first, self._mismatch), excused=unconfirmed or excused_first or astray
        )
        return dataclasses.replace(second, earlier=(*first.earlier, attempt, *second.earlier))

    def learn(self, exchange: Exchange) -> None:
        """Learn from an exchange that is settled."""
        self.unsteady |= passed_on_recheck(exchange, self._mismatch)


class Rechecks:
    """Sends again, one after the other, what was answered unexpectedly."""

    def __init__(
        self,
        policy: RecheckPolicy,
        send_alone: Callable[[Request], Coroutine[Any, Any, Exchange]],
        outage: OutageMonitor,
        *,
        bounded: Bounded,
        hangs: Hangs,
        inquest: Inquest | None = None,
    ) -> None:
        self._policy = policy
        self._send_alone = send_alone
        self._outage = outage
        self._bounded = bounded
        self._hangs = hangs
        self._inquest = inquest

    async def confirmed(self, found: list[Exchange]) -> list[Exchange]:
        """Send these requests again, alone, and return what both answers come to.

        If one of them changed, the others may have met the same accident twice: they are sent up to
        three times more.
        """
        broken = next((e for e in found if e.failure == "dropped"), None)
        if broken is not None:
            await self._recovered(broken)
        await self.look_into_falls()
        found = await self._again(found)
        for _ in range(MORE_LOOKS):
            for exchange in self._excused(found):
                self._policy.learn(exchange)
            open_ = [e for e in found if self._policy.needs(e)]
            if not self._policy.unsteady or not open_:
                break
            known = {e.id for e in open_}
            found = [*(e for e in found if e.id not in known), *await self._again(open_)]
        await self.look_into_falls()
        return self._excused(found)

    async def look_into_falls(self) -> None:
        """Find out which request ended the gateway's process, if it ended."""
        if self._inquest is not None and self._inquest.due() and not self._outage.gone:
            await self._bounded.within(self._held(self._inquest), lambda: None)

    async def _held(self, inquest: Inquest) -> None:
        async with self._outage.alone():
            await inquest.hold()

    async def _recovered(self, broken: Exchange) -> None:
        await self._bounded.within(self._outage.recovered(broken), lambda: None)

    async def _again(self, exchanges: list[Exchange]) -> list[Exchange]:
        found = []
        for first in exchanges:
            found.append(await self._second(first))
            await self._recovered(found[-1])
        return found

    async def _second(self, first: Exchange) -> Exchange:
        if status.was_never_asked(first) or self._hangs.is_known(first):
            return first
        second = await self._bounded.within(
            self._send_alone(first.request),
            lambda: self._bounded.deadline.given_up(first.request),
        )
        cut = self._hangs.excuses(first, second)
        return self._policy.combined(first, second, excused_first=cut)

    def _excused(self, exchanges: list[Exchange]) -> list[Exchange]:
        """Excuse the failed first attempts if the gateway went down, or one request breaks it."""
        fell = self._outage.had_outage or any(map(broke_twice, exchanges))
        fell |= any(f.culprits for f in self._outage.falls.all)
        return [excused(e) for e in exchanges] if fell else exchanges
