"""Notes when the gateway's process ended, and which requests may have ended it.

A fall is evidence of its own, even if every request passed in the end: a restart loop brings the
process back within a second, and nobody notices. What counts:

- a refused connection, once the gateway has answered: nobody listens any more;
- several connections that broke in one moment, in use or just used, or several refusals that a
  proxy answered instead. A single one does not count: a server may close a connection at any time,
  and may cut one request off. Nor do any where the server does so by habit.

The request that ended the process may have been answered before: a fault in a task that runs behind
the answer ends it some milliseconds later. So a fall has as candidates the requests that were in
flight and those that were answered shortly before. `send.outages.inquest` asks each of them again, alone.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from conformance.http.deliveries import MALFORMED
from conformance.send.outages.asked import Asked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.http.exchange import Exchange
    from conformance.http.request import Request
    from conformance.send.clock import Clock

# What was answered so many seconds before the last answer of all may have ended the process.
BEFORE_S = 2.0
# Connections that break within so many seconds broke in one moment.
MOMENT_S = 0.5
BROKEN_TOGETHER = 2
# What was answered longer before the end than these is the less likely to have caused it.
SOON_S = (0.1, 0.5)
# What a proxy answers while nobody listens behind it.
BAD_GATEWAY = frozenset({502, 503, 504})
# A server that breaks connections more often than this does so by habit.
FEW_BREAKS, BREAKS_SHARE = 12, 0.1
MOST_REMEMBERED = 400
MOST_FALLS = 200
SUSPECTS = 8


@dataclass(frozen=True)
class Culprit:
    """A request that ended the gateway's process each time it was asked alone.

    `exchange` is the last of these times, and `text` says what happened then. `control` is the id of
    the request without its fault, if it has one.
    """

    exchange: Exchange
    text: str
    label: str
    control: str | None = None


@dataclass
class Fall:
    """One moment in which the gateway's process ended; `at` is in seconds since the epoch.

    `sure` says that connections were refused. `culprits` are those that an inquest found; `back`
    says whether the gateway answered again.
    """

    at: float
    moment: float
    sure: bool
    candidates: list[Asked]
    back: bool = False
    looked_into: bool = False
    culprits: tuple[Culprit, ...] = ()


@dataclass
class Falls:
    """The falls of one run and its latest requests; used on the network's thread."""

    clock: Clock
    all: list[Fall] = field(default_factory=list)
    _recent: deque[Asked] = field(default_factory=lambda: deque(maxlen=MOST_REMEMBERED))
    _in_flight: list[Asked] = field(default_factory=list)
    _broken: deque[tuple[float, bool]] = field(
        default_factory=lambda: deque(maxlen=BROKEN_TOGETHER)
    )
    _answered: bool = False
    _answers: int = 0
    _breaks: int = 0

    def began(self, request: Request) -> Asked:
        """Note that a request goes out."""
        asked = Asked(request, self.clock.now())
        self._in_flight.append(asked)
        return asked

    def ended(self, asked: Asked, exchange: Exchange) -> None:
        """Note what a request was answered with, and what that says of the gateway's process."""
        now = self.clock.now()
        if exchange.failure == "unreachable":
            # What broke a kept connection first may well have ended the process.
            asked.refused = not exchange.broken
            if self._answered:
                self._fell(now, sure=True)
            return
        asked.ended, asked.status, asked.refused = now, exchange.status, False
        asked.outcome = str(exchange.status or exchange.failure)
        if exchange.reply is not None:
            self._answered = True
            self._answers += 1
            if self.all and not self.all[-1].back and asked.began > self.all[-1].moment:
                self.all[-1].back = True
        # A malformed message may end in a closed connection, and a provider's failure as well.
        usual = asked.request.delivery not in MALFORMED and not asked.request.provider_fault
        if usual and (exchange.failure == "dropped" or exchange.broken or is_a_proxys(exchange)):
            self._broke(now, bystander=exchange.reply is not None)

    def left(self, asked: Asked) -> None:
        """Note that a request is not in flight any more."""
        self._in_flight.remove(asked)
        if asked.ended is not None:
            self._recent.append(asked)

    def asked_alone(self, asked: Asked) -> None:
        """Note a request that an inquest has just asked: if the process is gone now, it was that."""
        now = self.clock.now()
        self._recent.append(replace(asked, began=now, ended=now))

    def open_s(self, within_s: float) -> float:
        """Return how long a fall of an odd request that was just answered may still come.

        So many seconds after its answer it comes no more. A repetition ends nothing that its first
        time left standing.
        """
        odd = [
            a.ended for a in self._recent if a.ended is not None and not a.request.copy and a.oddity
        ]
        return max(odd, default=-within_s) + within_s - self.clock.now() if self._answered else 0.0

    def refused(self) -> None:
        """Note that a look found nobody who listens."""
        self._fell(self.clock.now(), sure=True)

    def unexplained(self) -> list[Fall]:
        """Return the falls that no inquest has looked into yet."""
        habit = self._breaks > max(FEW_BREAKS, self._answers * BREAKS_SHARE)
        return [f for f in self.all if not f.looked_into and (f.sure or not habit)]

    def _broke(self, now: float, *, bystander: bool) -> None:
        """Note a connection that broke; a bystander was answered over the next one."""
        self._breaks += 1
        self._broken.append((now, bystander))
        together = len(self._broken) == BROKEN_TOGETHER and now - self._broken[0][0] <= MOMENT_S
        # Requests that break their own connections, each time, say nothing of the process.
        if together and self._answered and any(other for _, other in self._broken):
            self._fell(now, sure=False)

    def _fell(self, now: float, *, sure: bool) -> None:
        """Begin a fall, or learn more of the one that has just begun."""
        last = self.all[-1] if self.all else None
        same = last is not None and (not last.back or now - last.moment <= MOMENT_S)
        if last is not None and same:
            if sure and not last.sure:
                last.sure, last.moment, last.candidates = True, now, self._candidates()
            return
        if len(self.all) < MOST_FALLS:
            self.all.append(Fall(time.time(), now, sure, self._candidates()))

    def _candidates(self) -> list[Asked]:
        answered = [a for a in self._recent if a.ended is not None]
        latest = max((a.ended or 0.0 for a in answered if a.status is not None), default=0.0)
        recent = [a for a in answered if (a.ended or 0.0) >= latest - BEFORE_S]
        return [*(a for a in self._in_flight if not a.refused), *recent]


def since(fall: Fall) -> str:
    """Return when the process ended: the time of day in UTC, the same wherever it is read."""
    return time.strftime("%H:%M:%S UTC", time.gmtime(fall.at))


def down(falls: Falls) -> str:
    """Return what is said of a request that found the gateway gone."""
    told = f" since {since(falls.all[-1])}" if falls.all else ""
    return f"your gateway's process ended (connections refused{told})"


def likeliest(falls: list[Fall]) -> list[Asked]:
    """Return the candidates of some falls, each request once, the likeliest first.

    What met several falls comes first, then what is odd and was answered last or in flight.
    """
    met: dict[str, int] = {}
    rank: dict[str, tuple[float, float]] = {}
    known: dict[str, Asked] = {}
    for fall in falls:
        candidates = {a.request.id: a for a in fall.candidates if not a.refused}
        latest = max((a.ended for a in candidates.values() if a.ended is not None), default=0.0)
        for id_, one in candidates.items():
            met[id_] = met.get(id_, 0) + 1
            known[id_] = one
            before = 0.0 if one.ended is None else latest - one.ended
            steps = sum(before > limit for limit in SOON_S)
            rank[id_] = min(rank.get(id_, (9.0, 0.0)), (steps - one.oddity, before))
    return sorted(known.values(), key=lambda a: (-met[a.request.id], *rank[a.request.id]))


def suspects(falls: Sequence[Fall]) -> list[Asked]:
    """Return what was asked last before the process ended for good, or nothing if it came back."""
    gone = [fall for fall in falls if fall.sure and not fall.back]
    if not gone or gone[-1].culprits:
        return []
    return likeliest(gone[-1:])[:SUSPECTS]


def is_a_proxys(exchange: Exchange) -> bool:
    """Return whether a proxy says that nobody listens behind it: an error of a provider is JSON."""
    is_whole = exchange.reply is not None and exchange.reply.cut is None
    return exchange.status in BAD_GATEWAY and is_whole and not exchange.body
