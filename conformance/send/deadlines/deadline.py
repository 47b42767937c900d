"""When the time of a run is over: given with `--max-time`, or in proportion to its work.

A `Deadline` outlives a sender. It is told what will be sent and how long answers took; it opens no
connection and starts no timer (`send.deadlines.bounded` does).
"""

from __future__ import annotations

import statistics
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conformance.http.exchange import Exchange
from conformance.send.deadlines.held_up import HeldUp, span
from conformance.send.rates.adaptive_limit import FEW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conformance.http.request import Request
    from conformance.send.deadlines.held_up import Cause
    from conformance.send.rates.waits import WaitBudget, Waits
    from conformance.target.options import Limits

# Of the time that the work takes at the pace so far: requests are repeated, and some wait for others.
TIMES = 4.0
# No bound is lower than both of these, and none is higher than the third.
LEAST_S, LEAST_TIMEOUTS, MOST_S = 300.0, 20.0, 4 * 3600.0
# So long what is in flight may still be answered when the time is over.
GRACE_S = 3.0
# So much later another thread gives up on the network's, if that is too busy to do so itself.
BUSY_S = 2.0
REMEMBERED = 200
# What took less than this share of a run's time did not hold it up.
LEAST_OF_IT = 0.5
OWN = "most of it went to this program itself, on a machine that is slow or busy"


@dataclass(frozen=True)
class Overtime:
    """A run whose time was over before it was through: why, in words, and what took longest.

    `cause` names what held the run up most; `ids` are exchanges that show it.
    """

    text: str
    cause: Cause | None
    ids: tuple[str, ...] = ()


@dataclass
class Work:
    """Requests of one kind: how many there are, and how long the last ones of them took."""

    planned: int = 0
    _took: deque[float] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def answered(self, seconds: float) -> None:
        """Count the time of one answer."""
        self._took.append(seconds)

    @property
    def needs_s(self) -> float:
        """How long all of them take one after the other; nothing while none was answered."""
        return self.planned * statistics.median(self._took) if self._took else 0.0


def bound_of(requests: Iterable[Request], limits: Limits, latency_s: float) -> float:
    """Return how many seconds a run may take whose good requests take so long each, if none is limited."""
    planned = Deadline(limits, lambda: 0.0)
    planned.expects(requests)
    planned.seen(latency_s, good=True)
    return planned.bound_s


class Deadline:
    """The time of one run. Any thread may read it; the network's thread writes it."""

    def __init__(self, limits: Limits, now: Callable[[], float] = time.monotonic) -> None:
        """Begin to count; `limits` say what the operator gave."""
        self.held_up = HeldUp()
        self.grace_s = min(GRACE_S, limits.timeout_s)
        self.overtime: Overtime | None = None
        # What the run has waited because its gateway asked for that.
        self.waits: Waits | None = None
        self.wait_budget: WaitBudget | None = None
        self._given_s = limits.max_time_s
        self._least_s = max(LEAST_S, LEAST_TIMEOUTS * limits.timeout_s)
        self._at_once = limits.concurrency or FEW
        self._now = now
        self._began = now()
        self._good, self._other = Work(), Work()

    @property
    def over(self) -> bool:
        """Whether nothing more may be sent."""
        return self.overtime is not None

    @property
    def bound_s(self) -> float:
        """How many seconds the run may take.

        With `--max-time` that is what the operator gave. Without it:

            4 x (good requests x median time of good answers
                 + other requests x median time of other answers) / requests at once

        but at least 5 minutes and 20 times `--timeout`, and at most 4 hours. To that comes the time
        for which the gateway's rate limit, or a 408, 409 or 425, made requests wait; both have
        bounds of their own (35 minutes together). What is never answered makes no run longer.
        """
        if self._given_s is not None:
            return self._given_s
        work_s = TIMES * (self._good.needs_s + self._other.needs_s) / self._at_once
        return min(max(self._least_s, work_s), MOST_S) + self._asked_for_s()

    @property
    def left_s(self) -> float:
        """How many seconds are left; below zero after the end."""
        return self._began + self.bound_s - self._now()

    @property
    def patience_s(self) -> float:
        """How long to wait at most for what the network's thread should end in time."""
        return max(self.left_s, 0.0) + 2 * self.grace_s + BUSY_S

    def expects(self, requests: Iterable[Request]) -> None:
        """Count requests that will be sent."""
        for request in requests:
            self._of(request).planned += 1

    def answered(self, exchange: Exchange) -> None:
        """Learn from an exchange that has just ended how long answers take, or what took the time."""
        if exchange.reply is not None:
            self.seen(exchange.elapsed_s, good=exchange.ok)
        self.held_up.answered(exchange, self._now())

    def seen(self, took_s: float, *, good: bool) -> None:
        """Learn how long an answer took; `good` says that it is a success."""
        (self._good if good else self._other).answered(took_s)

    def waited(self, cause: Cause, seconds: float) -> None:
        """Take note of a wait that has just ended."""
        self.held_up.note(cause, self._now() - seconds, self._now())

    def look(self) -> bool:
        """End the run's time if it is over; return whether it is."""
        if self.overtime is None and self.left_s <= 0:
            self.overtime = self._told()
        return self.over

    def given_up(self, request: Request) -> Exchange:
        """Return the exchange of a request that was not answered before the run's time was over."""
        text = self.overtime.text if self.overtime else "the run's time was over"
        return Exchange(request, None, "overtime", text)

    def _told(self) -> Overtime:
        held, now = self.held_up, self._now()
        if (paced_s := self.waits.paced_until(now) if self.waits else 0.0) > 0:
            held.note("rate", now - paced_s, now)
        if (later_s := self.wait_budget.waited_s if self.wait_budget else 0.0) > 0:
            held.note("later", now - later_s, now)
        bound_s, worst = self.bound_s, held.worst if held.rows else []
        flag = "--max-time " if self._given_s is not None else ""
        text = f"the run's time was over ({flag}{span(bound_s)})"
        if sum(row.took_s for row in worst) < bound_s * LEAST_OF_IT:
            return Overtime(f"{text}; {OWN}", None)
        why = "".join(f"; {row.told}" for row in worst[:2])
        return Overtime(text + why, worst[0].cause, tuple(worst[0].ids))

    def _asked_for_s(self) -> float:
        paced_s = self.waits.paced_until(self._now()) if self.waits else 0.0
        return paced_s + (self.wait_budget.waited_s if self.wait_budget else 0.0)

    def _of(self, request: Request) -> Work:
        return self._good if request.expected == "accepted" else self._other
