"""Which rate a request belongs to: one for all, until a kind of request shows that it has its own.

Gateways limit by key or by address, and some limit one kind of request only: what they refuse, what
comes without a good credential, the pictures that are fetched. All requests share one `Rate`. A
kind gets its own after answers of 429 to it took turns with answers to others that passed: then
the others do not wait for it any more. Pictures that are fetched have their own from the start, and
wait for the shared one as well where the gateway itself serves them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from conformance.send.rates.rate import Rate
from conformance.send.rates.told import NOTHING, Told

if TYPE_CHECKING:
    from conformance.http.request import Request
    from conformance.send.rates.cycles import Ticket

Kind = Literal["good", "refused", "stranger", "picture"]
# So often a 429 for one kind and a pass of another one take turns before the kind is alone.
TURNS = 3


def kind_of(request: Request) -> Kind:
    """Return the kind of a request: with a bad credential, to be refused, or good."""
    credential = request.credential
    if not credential.name or credential.change or credential.query:
        return "stranger"
    return "refused" if request.expected == "refused" else "good"


@dataclass
class _Turns:
    """How often 429 for one kind and passes of others took turns."""

    taken: int = 0
    others_passed: bool = False


@dataclass
class Lanes:
    """The rates of one gateway, by kinds of requests; `given` is what the operator names, per second."""

    given: float | None = None
    shared: Rate = field(init=False)
    own: dict[Kind, Rate] = field(default_factory=dict)
    _turns: dict[Kind, _Turns] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.shared = Rate(self.given)
        self.own["picture"] = Rate()

    def of(self, kind: Kind) -> Rate:
        """Return the rate that a kind of request belongs to."""
        return self.own.get(kind, self.shared)

    @property
    def all(self) -> list[Rate]:
        """Every rate."""
        return [self.shared, *self.own.values()]

    @property
    def refused(self) -> int:
        """How many answers asked to be slower."""
        return sum(rate.refused for rate in self.all)

    @property
    def slowest(self) -> float | None:
        """The lowest pace of all kinds of requests, per second; None where there is none."""
        known = [r.per_s for k, r in self.own.items() if r.per_s is not None and k != "picture"]
        known += [self.shared.per_s] if self.shared.per_s is not None else []
        return min(known, default=None)

    def passed(self, kind: Kind, ticket: Ticket, now: float) -> None:
        """Count an answer that asks for nothing."""
        self.of(kind).passed(ticket, now)
        self._turns.pop(kind, None)
        for turns in self._turns.values():
            turns.others_passed = True

    def limited(
        self, kind: Kind, ticket: Ticket, now: float, says: Told = NOTHING, *, first: bool = True
    ) -> None:
        """Count an answer that asks to be slower; it may show that its kind has its own limit.

        `first` says that it is the first such answer to its request.
        """
        if kind in self.own:
            self.own[kind].limited(ticket, now, says, first=first)
            return
        self._turns = {kind: self._turns.get(kind, _Turns())}
        turns = self._turns[kind]
        turns.taken += turns.others_passed
        turns.others_passed = False
        self.shared.limited(ticket, now, says, first=first)
        if turns.taken >= TURNS:
            self._part(kind, now, says)

    def _part(self, kind: Kind, now: float, says: Told) -> None:
        """Give a kind its own rate; what the shared one learnt was about that kind."""
        del self._turns[kind]
        own, self.own[kind] = self.shared, Rate(self.given)
        self.shared = Rate(self.given, refused=0, passes=own.passes)
        own_rate = self.own[kind]
        own_rate.refused = own.refused - 1  # the last one is counted below
        own_rate.limited(own_rate.sent(now), now, says)
