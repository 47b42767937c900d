"""How long a request is waited for: the whole `--timeout`, or less once its kind is known to hang.

A gateway that never answers what it must refuse would cost the whole time for each of hundreds of
requests. So after the third of a kind that is not answered within that time (the first one of another
kind from then on), the others of the kind are waited for as long as is plenty for this gateway:

- ten times as long as its answers to that kind usually take, three times as long as its slowest one;
- a twentieth of `--timeout` or two seconds, whichever is longer (a third of a short `--timeout`).

For the blame to stay right, such a request is asked a second time, alone and with a sixth of
`--timeout`, and what is answered then late counts as answered. Once that has shown a hang, no other
request that the same requirements read is asked twice.

The sender alone shortens waits; requests for which the provider fails on order never are.
"""

from __future__ import annotations

import dataclasses
import statistics
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from conformance.http.deliveries import MALFORMED
from conformance.http.request import HEAVY
from conformance.send.wire.transport import MALFORMED_S

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from conformance.http.exchange import Exchange
    from conformance.http.request import Request

Kind = Literal["accepted", "refused", "either", "heavy", "malformed"]
LEARNT_AFTER = 3
LEAST_S, LEAST_OF_SHORT, LEAST_SHARE = 2.0, 1 / 3, 1 / 20
# For what may keep a gateway busy or costs a picture, and for a second look.
LARGE_SHARE, SECOND_SHARE = 1 / 4, 1 / 6
USUALLY, SLOWEST = 10.0, 3.0
REMEMBERED = 200


@dataclass
class _Known:
    """What is known of one kind: the requests that hung for the whole time, and answers' times."""

    hung: set[str] = field(default_factory=set)
    took: deque[float] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    slowest_s: float = 0.0

    def answered(self, seconds: float) -> None:
        self.took.append(seconds)
        self.slowest_s = max(self.slowest_s, seconds)

    @property
    def plenty_s(self) -> float:
        usual = statistics.median(self.took) if self.took else 0.0
        return max(USUALLY * usual, SLOWEST * self.slowest_s)


def kind_of(request: Request) -> Kind:
    """Return the kind of a request: requests of one kind take about the same time."""
    if request.delivery in MALFORMED:
        return "malformed"
    return "heavy" if request.phase == HEAVY else request.expected


class Hangs:
    """What one run has learnt of requests that are never answered; of the network's thread.

    `group_of` returns what the requests have in common of which one second look is enough.
    """

    def __init__(
        self,
        timeout_s: float,
        group_of: Callable[[Request], Hashable] = lambda request: request.faulty,
    ) -> None:
        self.timeout_s = timeout_s
        self._group_of = group_of
        self._known: defaultdict[Kind, _Known] = defaultdict(_Known)
        self._good = _Known()
        # The groups of which one hung on a second look, too.
        self._shown: set[Hashable] = set()
        self._shortened: set[str] = set()
        self._answered = False

    def patience_s(self, request: Request, *, again: bool = False) -> float:
        """Return how many seconds a request is waited for; `again` says that it is a second look."""
        kind, whole_s = kind_of(request), self._whole_s(request)
        if request.provider_fault or not self._is_learnt(kind):
            return whole_s
        share = LARGE_SHARE
        if kind == "refused":
            share = SECOND_SHARE if again else LEAST_SHARE
        least_s = max(min(LEAST_S, whole_s * LEAST_OF_SHORT), whole_s * share)
        plenty_s = self._known[kind].plenty_s
        if kind != "refused":
            plenty_s = max(plenty_s, self._good.plenty_s)
        return min(max(least_s, plenty_s), whole_s)

    def learn(self, exchange: Exchange, waited_s: float, *, again: bool = False) -> Exchange:
        """Learn from what came within so many seconds; return it, saying why it was no longer."""
        request = exchange.request
        kind = kind_of(request)
        known = self._known[kind]
        if request.provider_fault:
            return exchange
        if exchange.reply is not None:
            self._answered = True
            known.answered(exchange.elapsed_s)
            if exchange.ok:
                self._good.answered(exchange.elapsed_s)
                # A good request takes long now and then: only those in a row show a hang.
                self._known["accepted"].hung.clear()
        if exchange.failure != "timeout":
            return exchange
        if again:
            self._shown.add((kind, self._group_of(request)))
        if waited_s >= self._whole_s(request):
            known.hung.add(request.id)
            return exchange
        self._shortened.add(request.id)
        text = (
            f"no whole answer within {waited_s:.3g} s. The run waits no longer, since"
            f" {len(known.hung)} others like it were not answered within {self.timeout_s:g} s"
        )
        return dataclasses.replace(exchange, failure_text=text)

    def is_known(self, exchange: Exchange) -> bool:
        """Return whether a hang needs no second look: its kind hangs, and that of its group was shown."""
        if exchange.failure != "timeout":
            return False
        if not self._answered:
            return bool(self._shown)  # a server that never answered anything
        kind = kind_of(exchange.request)
        shown = (kind, self._group_of(exchange.request)) in self._shown
        return shown and self._is_learnt(kind)

    def excuses(self, first: Exchange, second: Exchange) -> bool:
        """Return whether a second look shows that a first one was only too short for the answer."""
        cut = first.failure == "timeout" and first.id in self._shortened
        return cut and second.reply is not None and second.elapsed_s > first.elapsed_s / 2

    def _whole_s(self, request: Request) -> float:
        malformed = request.delivery in MALFORMED
        return min(self.timeout_s, MALFORMED_S) if malformed else self.timeout_s

    def _is_learnt(self, kind: Kind) -> bool:
        """Return whether requests of a kind hang, although good requests are answered.

        Where one kind does, one request of another kind is enough.
        """
        hung = len(self._known[kind].hung)
        if kind != "accepted" and any(self._many_hung(other) for other in self._known):
            return hung > 0 and bool(self._good.took)
        return hung >= LEARNT_AFTER and bool(self._good.took)

    def _many_hung(self, kind: Kind) -> bool:
        return kind != "accepted" and len(self._known[kind].hung) >= LEARNT_AFTER
