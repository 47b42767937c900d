"""Sends a request once: pays for it, counts it, and notes when it was in flight."""

from __future__ import annotations

import dataclasses
import functools
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conformance.http.exchange import Exchange, Fetched
from conformance.send.urls.downloads import fetch_urls
from conformance.send.urls.learnt import Learnt

if TYPE_CHECKING:
    from conformance.http.request import Purpose, Request
    from conformance.send.budget import Turnstile
    from conformance.send.deadlines.deadline import Deadline
    from conformance.send.deadlines.hangs import Hangs
    from conformance.send.hits import Hits
    from conformance.send.outages.outage import OutageMonitor, Unguarded
    from conformance.send.rates.limiter import Limiter
    from conformance.send.spare import Spare
    from conformance.send.usage import Usage
    from conformance.send.wire.body import Hold
    from conformance.send.wire.transport import Transport
    from conformance.target.target import Target

# The errors of a connection that could not be made, or broke.
BROKE_OFF = ("ConnectError", "ReadError", "WriteError", "RemoteProtocolError")
MOST_FETCHED_AGAIN = 3
# When each attempt at a request began and ended (None while it is in flight), by its id.
Windows = dict[str, list[tuple[float, float | None]]]


@dataclass(frozen=True)
class Attempts:
    """Single attempts at requests."""

    target: Target
    timeout_s: float
    outage: OutageMonitor | Unguarded
    turnstile: Turnstile
    usage: Usage
    hits: Hits
    spare: Spare
    hangs: Hangs
    deadline: Deadline
    windows: Windows = field(default_factory=dict)
    learnt: Learnt = field(default_factory=Learnt)

    async def send(
        self,
        request: Request,
        through: Transport,
        hold: Hold | None,
        purpose: Purpose,
        tries: int,
    ) -> Exchange:
        """Send a request once, if the budget allows it."""
        budget = self.turnstile.budget
        if self.deadline.over:
            return self.deadline.given_up(request)
        if why := await self.spare.turn(request, purpose):
            return Exchange(request, None, "spared", why)
        if not await self.turnstile.reserve(request):
            spent = Exchange(request, None, "budget", f"--max-images {budget.most} is spent")
            self.spare.done(spent, purpose)
            return spent
        self.usage.began(purpose, tries)
        exchange = Exchange(request, None, "dropped", "the run was stopped")
        again_alone = purpose == "second look"
        patience_s = self.hangs.patience_s(request, again=again_alone)
        windows = self.windows.setdefault(request.id, [])
        known = self.hits.sending(request)
        windows.append((time.time(), None))
        sent_before = len(windows)
        try:
            again = functools.partial(self._again, request)
            found = await self.outage.send(request, through, hold, again, patience_s)
            exchange = self.hangs.learn(found, patience_s, again=again_alone)
            self.deadline.answered(exchange)
            # Bytes that were sent twice may have filled the cache the first time.
            twice = len(windows) > sent_before
            exchange = self.hits.told(exchange, known=known or twice)
            self.learnt.peers |= through.peers
        finally:
            _end_window(windows)
            budget.charge(exchange)
            self.spare.done(exchange, purpose)
            self.turnstile.give_back(request)
            self.usage.ended(purpose, exchange)
            self.usage.uncertain = budget.uncertain
        return exchange

    def _again(self, request: Request) -> bool:
        """Pay for bytes that are sent again at once; what they cause is told from what was before."""
        if not self.turnstile.budget.reserve_more(request):
            return False
        windows = self.windows[request.id]
        _end_window(windows)
        windows.append((time.time(), None))
        return True

    async def fetched(self, exchange: Exchange, limiter: Limiter) -> Exchange:
        """Return an exchange with what the urls of its answer serve, unless that is switched off.

        What the gateway breaks off is fetched once more: its process may have ended meanwhile.
        """
        if not self.target.fetch:
            return exchange
        fetch = functools.partial(
            fetch_urls, exchange, self.target, self.timeout_s, limiter=limiter, learnt=self.learnt
        )
        served = await fetch()
        for _ in range(MOST_FETCHED_AGAIN):
            if self.deadline.over or not any(lost(f, self.target.host) for f in served):
                break
            await self.outage.is_back()
            served = await fetch()
        # What a process that ended does not serve says nothing about its urls.
        if self.outage.fell:
            served = tuple(
                dataclasses.replace(f, skipped=f.skipped or lost(f, self.target.host))
                for f in served
            )
        return dataclasses.replace(exchange, fetched=served)


def unfetched(exchange: Exchange) -> Exchange:
    """Return an exchange whose urls were not fetched, since the run's time was over."""
    urls = [item.get("url") for item in exchange.items if isinstance(item, dict)]
    text = "not fetched: the run's time was over"
    skipped = (Fetched(u, None, "", b"", text, skipped=True) for u in urls if isinstance(u, str))
    return dataclasses.replace(exchange, fetched=tuple(skipped))


def _end_window(windows: list[tuple[float, float | None]]) -> None:
    windows[-1] = (windows[-1][0], time.time())


def lost(fetched: Fetched, host: str) -> bool:
    """Return whether the gateway itself broke off when a url of it was fetched."""
    broke_off = fetched.problem.startswith(BROKE_OFF) and not fetched.skipped
    return broke_off and urlsplit(fetched.url).hostname == host
