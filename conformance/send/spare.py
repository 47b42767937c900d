"""Spares what is known already: a faulty request that would only be accepted once more.

Each wrong acceptance costs a picture. Once a gateway accepted two faulty requests of a requirement,
or one of them twice, the requirement is decided: its further ones are not sent. Once a run paid for
so many wrong acceptances as its `purse` holds, one acceptance decides. A request that rides on a
fault (an odd input beside it, its repetition) shows something else, and is spared when the purse is
empty and the fault is known to be accepted. With an empty purse, too, one accepted request is enough
of those that a gateway may accept or refuse.

On a gateway that refuses what it must, nothing is spared and nothing waits, with one exception: a
request for more pictures than any correct gateway makes waits for the cheaper ones in flight.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING

from conformance.http import payload, status
from conformance.http.claims import claimed
from conformance.http.request import MAIN
from conformance.send.recheck import MOST_ACCEPTANCES_RECHECKED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.contract.profiles import Profile
    from conformance.http.exchange import Exchange
    from conformance.http.request import Purpose, Request

# So many pictures a run pays for faulty requests before one acceptance of each kind is enough.
PURSES: dict[Profile, int] = {"smoke": 4, "core": 8, "full": 20}
DECIDED = 2
ASKED_FREELY = ("plan", "probe")
SPENT = "the gateway accepts faulty requests, and what those may cost in this profile is spent"
UNLIMITED = 10**9
# The field that is faulty, and its value.
Fault = tuple[str, str]
NO_FAULT: Fault = ("", "")


class Spare:
    """What a run knows of the faulty requests that its gateway accepts; of the network's thread."""

    def __init__(self, readers: Mapping[str, Iterable[str]], purse: int) -> None:
        """Begin to know.

        Args:
            readers: the requirements whose checks read a request, by its id; it may grow.
            purse: how many pictures of wrong acceptances are paid for freely.
        """
        self.paid = 0
        self._readers = readers
        self._purse = purse
        self._wavered = False
        # The label and the id of each acceptance, by the requirement.
        self._accepted: dict[str, list[str]] = defaultdict(list)
        self._accepted_ids: set[str] = set()
        self._accepted_faults: set[Fault] = set()
        self._spared: set[str] = set()
        # The requirements of which a request was accepted that may be accepted or refused.
        self._taken: set[str] = set()
        self._refused: set[str] = set()
        self._in_flight: dict[str, Request] = {}
        self._changed = asyncio.Event()

    async def turn(self, request: Request, purpose: Purpose) -> str:
        """Wait until it is known whether a request is worth its price; return why it is not, or nothing."""
        if request.expected == "accepted" or purpose not in ASKED_FREELY or request.burst:
            return ""
        while not (why := self.why_not(request)) and self._waits(request):
            self._changed.clear()
            await self._changed.wait()
        if why:
            self._spared.add(request.id)
        elif request.expected == "refused":
            self._in_flight[request.id] = request
        return why

    def done(self, exchange: Exchange, purpose: Purpose) -> None:
        """Learn from the answer to a request that was sent."""
        request = exchange.request
        self._in_flight.pop(request.id, None)
        self._changed.set()
        of = self.readers_of(request)
        if request.expected != "refused":
            self._taken |= of if exchange.ok and request.expected == "either" else set()
        elif exchange.ok:
            self.paid += payload.pictures_in(exchange)
            self._accepted_ids.add(request.id)
            if not _rides(request):
                self._accepted_faults |= {_fault(request)} - {NO_FAULT}
                for id_ in of:
                    self._accepted[id_].append(f"{request.label} [{request.id}]")
        elif status.is_refusal(exchange):
            # What was accepted once and is refused now proves nothing: then all is asked.
            self._wavered |= purpose == "second look" and request.id in self._accepted_ids
            self._refused |= of

    def why_not(self, request: Request) -> str:
        """Return why a request is not sent, or nothing if it is."""
        if self._wavered:
            return ""
        if request.expected == "either":
            of = self.readers_of(request)
            spent = self.paid >= self._purse and bool(of) and of <= self._taken
            return SPENT if spent else ""
        if _rides(request):
            return self._why_no_ride(request)
        enough = 1 if self.paid >= self._purse else DECIDED
        of = self.readers_of(request)
        if not of:  # a probe, such as one that makes a counterexample smaller
            known = request.faulty in {field for field, _ in self._accepted_faults}
            return SPENT if known and self.paid >= self._purse else ""
        if all(len(self._accepted.get(id_, ())) >= enough for id_ in of):
            first, *more = self._accepted[min(of)]
            return f"{first} was accepted already" + _and(first, more)
        return ""

    def _why_no_ride(self, request: Request) -> str:
        if request.control in self._spared:
            return "the request that it repeats, or whose fault it has, was not asked either"
        known = request.control in self._accepted_ids or _fault(request) in self._accepted_faults
        costly = claimed(request) > 1 and known
        if not (costly or (known and self.paid >= self._purse)):
            return ""
        return f"the fault that it rides on is accepted, so that it costs a picture; {SPENT}"

    def _waits(self, request: Request) -> bool:
        """Return whether what is in flight may show that a request is not worth its price."""
        if request.expected != "refused":
            return False
        of, price = self.readers_of(request), claimed(request)
        beside = [r for r in self._in_flight.values() if not of.isdisjoint(self.readers_of(r))]
        if price > 1 and any(claimed(r) <= price for r in beside):
            return True
        open_ = not of <= self._refused or any(self._accepted.get(id_) for id_ in of)
        return bool(beside) and self.paid > 0 and open_

    def readers_of(self, request: Request) -> frozenset[str]:
        """Return the requirements whose checks read a request."""
        return frozenset(self._readers.get(request.id, ()))


def most_paid(requests: Iterable[Request], readers: Mapping[str, Iterable[str]], purse: int) -> int:
    """Return how many pictures a plan costs at most on a gateway that accepts everything.

    It pays for the good requests, for what the purse holds, for the few acceptances that are
    confirmed at once, and then for one request of each requirement that is not decided yet.
    """
    known = list(requests)
    good = sum(r.pictures for r in known if r.expected == "accepted")
    open_ = {id_ for r in known if r.expected != "accepted" for id_ in readers.get(r.id, ())}
    return good + purse + MOST_ACCEPTANCES_RECHECKED + len(open_)


def _fault(request: Request) -> Fault:
    return (request.faulty, request.asked(request.faulty) or "") if request.faulty else NO_FAULT


def _rides(request: Request) -> bool:
    """Return whether a faulty request asks for something besides its fault."""
    return bool(request.copy or request.delivery or request.connection or request.rides) or (
        request.phase > MAIN
    )


def _and(first: str, more: list[str]) -> str:
    if not more:
        return ""
    return ", and was again on a second look" if more[0] == first else f", and so was {more[0]}"
