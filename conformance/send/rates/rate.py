"""How quickly one gateway takes requests: learnt from its answers, or given; values in, decisions out.

A `Rate` knows no clock and opens no connection: it is told the time, what is sent and what came
back, and says how long the next request has to wait.

- **Nothing is known**: nothing waits.
- **A 429 comes**: everything is held, and *one* request at a time asks whether the gateway takes
  requests again, after a pause that grows with the time that the hold has lasted, or that the
  gateway names. The others stay unsent, so a hold costs a few 429s however many requests wait.
- **The hold ends** with the first request that passes. What passed since the last hold ended,
  divided by the time until this one ended, is what the gateway takes in the long run: for a window
  that turns (60 in the first second, then nothing for 59), for one that slides, and for a bucket
  that is filled drop by drop. From then on requests are sent at that pace, evenly.
- **The pace rises again** while nothing is held: quickly while it is far below the pace that was
  too high, slowly near it.

A rate is told from a limit of requests *at once* by what is in flight: a request that is alone and
gets 429 met no other one. Two such signs are needed before anything is learnt. Without them a hold
ends with its first look, and lowering the number in flight (`adaptive_limit`) is all that is done.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from conformance.send.rates import windows
from conformance.send.rates.cycles import Cycle, Hold, Ticket
from conformance.send.rates.told import NOTHING, Told

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 30.0
# The next look at a gateway that holds comes after this share of the time that it has held.
GROWTH = 0.5
# So long nothing may pass; a longer time that the gateway itself names counts, up to the second one.
MOST_HELD_S, MOST_TOLD_S = 90.0, 300.0
SIGNS = 2
# After so many answers the pace rises: soon while it is slow and none was too high, by the first factor while it
# is far below the one that was, by the second one near it.
RISES_SOON_AFTER, RISES_AFTER, RISES_SLOWLY_AFTER = 3, 8, 48
SLOW_PER_S = 1.0
RISE, SLOW_RISE, FAR_BELOW = 1.1, 1.02, 0.9
# What is learnt is at most this share of a pace that was too high, and at least the second one of a
# pace at which a hold was over at once.
LESS, MUCH_LESS = 0.96, 0.85
# So many requests between two holds show what the gateway takes, and not only a happy moment.
MANY = 20
# A request that was sent late lets the next one be early by this share of the time between two.
CATCH_UP, MOST_CATCH_UP_S = 0.2, 0.05


@dataclass
class Rate:
    """The pace at which one gateway takes requests; all times in seconds.

    `given` is the requests per second that the operator names: the pace never rises above it.
    """

    given: float | None = None
    # Requests per second; None while everything may be sent at once.
    per_s: float | None = None
    # How many answers asked to be slower, and how many others came.
    refused: int = 0
    passes: int = 0
    # How many requests were limited at all, each counted once.
    fresh: int = 0
    # Why nothing is sent any more; empty while requests are sent.
    closed: str = ""
    # Whether a request that was limited passed later, at the pace that was learnt.
    confirmed: bool = False
    _holds: int = 0
    _signs: int = 0
    _due: float = -math.inf
    _hold: Hold | None = None
    _cycle: Cycle = field(default_factory=Cycle)

    def __post_init__(self) -> None:
        self.per_s = self.given

    @property
    def held(self) -> bool:
        """Whether nothing passes now."""
        return self._hold is not None

    def wait(self, now: float, count: int = 1) -> float:
        """Return how long so many requests have to wait; infinitely while another one looks."""
        if self._hold is not None:
            return math.inf if self._hold.looking else max(self._hold.look_at - now, 0.0)
        if self.per_s is None:
            return 0.0
        return max(self._due + (count - 1) / self.per_s - now, 0.0)

    def sent(self, now: float, count: int = 1, *, alone: bool = True) -> Ticket:
        """Count so many requests that are sent now, and return what is known of them."""
        looks = self._hold is not None
        if self._hold is not None:
            self._hold.looking = True
        if self.per_s is not None:
            early = min(CATCH_UP / self.per_s, MOST_CATCH_UP_S)
            self._due = max(self._due, now - early) + count / self.per_s
        if self._cycle.began is None:
            self._cycle.began = now
        return Ticket(self._holds, looks, alone)

    def passed(self, ticket: Ticket, now: float) -> None:
        """Count an answer that asks for nothing: it ends a hold, or lets the pace rise."""
        self.passes += 1
        self._cycle.passed += 1
        if self._looked(ticket):
            self._end(now)
        elif self._hold is None:
            self._rise()

    def lost(self, ticket: Ticket, now: float) -> None:
        """Take note that a request got no answer that says anything about the rate."""
        if self._looked(ticket) and self._hold is not None:
            self._pause(self._hold, now, NOTHING, closes=False)

    def confirm(self) -> None:
        """Take note that a request passed that was limited before: the pace is right."""
        self.confirmed = self.confirmed or self.per_s is not None

    def doubt(self) -> None:
        """Forget a pace that nothing confirmed: what it was learnt from was limited for its own sake."""
        if not self.confirmed:
            self.per_s, self._signs, self._cycle = self.given, 0, Cycle()

    def limited(
        self, ticket: Ticket, now: float, says: Told = NOTHING, *, first: bool = True
    ) -> None:
        """Hold everything, because an answer asks to be slower; or go on holding.

        A request that was sent before the last hold began tells nothing new.

        Args:
            ticket: what was known of the request when it was sent.
            now: the time.
            says: what the answer tells of the limit.
            first: whether it is the first such answer to this request. What one request alone is
                told again and again may be its own matter, and closes nothing.
        """
        self.refused += 1
        self.fresh += first
        if self._hold is None:
            if ticket.hold < self._holds:
                return
            self._holds += 1
            self._hold = Hold(now, now, now)
        elif not self._looked(ticket):
            # A longer time is nobody's pace: the gateway is asked again as if it had named none.
            if says.wait_s is not None and says.wait_s <= MOST_TOLD_S:
                self._hold.look_at = max(self._hold.look_at, now + says.wait_s)
            return
        if ticket.alone:
            self._hold.signs += 1
            self._signs += 1
        if says.per_s is not None:
            self._hold.signs, self._signs = SIGNS, max(self._signs, SIGNS)
            self._cycle.too_high = min(self._cycle.too_high, says.per_s / LESS)
        self._pause(self._hold, now, says, closes=first)

    def _looked(self, ticket: Ticket) -> bool:
        """Return whether a request looked whether the present hold is over."""
        return self._hold is not None and ticket.looks and ticket.hold == self._holds

    def _pause(self, hold: Hold, now: float, says: Told, *, closes: bool) -> None:
        hold.looking, hold.refused_at = False, now
        so_far = now - hold.since
        if so_far >= MOST_HELD_S:
            hold.look_at = now
            if closes:
                text = f"the gateway answered every request with 429 or 503 for {so_far:.0f} s"
                self.closed = text
            return
        pause = max(FIRST_PAUSE_S, 1 / self.per_s if self.per_s else 0.0, GROWTH * so_far)
        pause = min(pause, LONGEST_PAUSE_S)
        if says.wait_s is not None and says.wait_s <= MOST_TOLD_S:
            # A gateway that names no time at all is not asked without end.
            pause = says.wait_s if says.wait_s >= FIRST_PAUSE_S else pause
        else:
            began = now if self._cycle.began is None else self._cycle.began
            pause = min([pause, *(t for t in windows.turns(now - began) if t >= FIRST_PAUSE_S)])
        hold.look_at = now + pause

    def _end(self, now: float) -> None:
        hold, cycle = self._hold, self._cycle
        assert hold is not None
        began = now if cycle.began is None else cycle.began
        met_nobody = hold.signs > 0
        shown = met_nobody if self.per_s is None else met_nobody or hold.refused_at > hold.since
        # One pass in a whole cycle shows little: the cycle may have begun where a window was spent.
        thin = self.per_s is None and cycle.passed < SIGNS and not cycle.thin
        if shown and self._signs >= SIGNS and now > began and not thin:
            per_s = cycle.passed / windows.length(hold.refused_at - began, now - began)
            too_high = min(self.per_s or math.inf, cycle.too_high)
            if hold.refused_at == hold.since and self.per_s is not None:
                # It was over at once: the pace was a little too high, whatever passed before.
                per_s = max(per_s, MUCH_LESS * self.per_s)
            elif cycle.passed >= MANY:
                too_high = min(too_high, per_s)
            self.per_s = min(per_s, LESS * too_high, self.given or math.inf)
            cycle.too_high = too_high
            self._due = now + 1 / self.per_s
        self._hold = None
        if met_nobody or hold.refused_at > hold.since:
            self._cycle = Cycle(now, too_high=cycle.too_high, thin=thin)

    def _rise(self) -> None:
        if self.per_s is None or self.per_s == self.given:
            return
        cycle = self._cycle
        cycle.since_rise += 1
        far = self.per_s < FAR_BELOW * cycle.too_high
        slow = cycle.too_high == math.inf and self.per_s < SLOW_PER_S
        soon = RISES_SOON_AFTER if slow else RISES_AFTER
        if cycle.since_rise < (soon if far else RISES_SLOWLY_AFTER):
            return
        cycle.since_rise = 0
        raised = self.per_s * (RISE if far else SLOW_RISE)
        if not far and raised > cycle.too_high:
            cycle.too_high = raised
        self.per_s = min(raised, self.given or math.inf)
