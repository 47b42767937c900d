"""What sends and what observes, with each of their answers that is no exchange written to the evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.run.questions import (
    ARRIVED,
    AT_ONCE,
    CALLS,
    CHANGES,
    FALLS,
    HAS_ARRIVED,
    OBSERVED_AT,
    OVERHEARD,
    SETTLED,
    SURPLUS,
    calls_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.evidence.attribution import Observer
    from conformance.evidence.tape import Tape
    from conformance.http.exchange import Exchange
    from conformance.http.provider_call import Call
    from conformance.http.request import Purpose, Request
    from conformance.send.outages.falls import Fall
    from conformance.send.sender import Sender
    from conformance.send.wire.kept import Surplus


@dataclass
class TapedSender:
    """A `Sender` whose answers are written."""

    sender: Sender
    tape: Tape

    @property
    def at_once(self) -> int:
        """How many requests may be in flight now."""
        found = self.sender.at_once
        self.tape.tell(AT_ONCE, found)
        return found

    @property
    def canary_hits(self) -> Sequence[str]:
        """The request lines that reached the suite's own canary so far."""
        found = [*self.sender.canary_hits]
        self.tape.tell(OVERHEARD, found)
        return found

    @property
    def seen_falls(self) -> tuple[Fall, ...]:
        """When the gateway's process ended, as far as that was seen yet."""
        return self._told(self.sender.seen_falls)

    def start(
        self,
        requests: Iterable[Request],
        optional: Iterable[Request] = (),
        purpose: Purpose = "plan",
        *,
        ahead: bool = False,
    ) -> None:
        """Begin to send these requests."""
        self.sender.start(requests, optional, purpose, ahead=ahead)

    def exchange(self, request_id: str) -> Exchange:
        """Wait for the exchange of a request that was started."""
        return self.sender.exchange(request_id)

    def has_arrived(self, request_id: str) -> bool:
        """Whether the exchange of a request that was started is settled."""
        found = self.sender.has_arrived(request_id)
        self.tape.tell(HAS_ARRIVED, found)
        return found

    def send(self, request: Request) -> Exchange:
        """Send one request of the preflight now and wait for its exchange."""
        return self.sender.send(request)

    def settled(self) -> list[Exchange]:
        """Wait for everything that was started and return it in the order of its start."""
        found = self.sender.settled()
        self.tape.tell(SETTLED, [e.id for e in found])
        return found

    def arrived(self) -> list[Exchange]:
        """Return what has been settled so far, without waiting."""
        found = self.sender.arrived()
        self.tape.tell(ARRIVED, [e.id for e in found])
        return found

    def falls(self) -> tuple[Fall, ...]:
        """Wait for everything that was started and return when the gateway's process ended."""
        return self._told(self.sender.falls())

    def surplus(self) -> tuple[Surplus, ...]:
        """Wait for everything that was started and return what came behind answers."""
        found = self.sender.surplus()
        rows = [{"request": s.request.id, "content": s.content.hex()} for s in found]
        self.tape.tell(SURPLUS, rows)
        return found

    def forget(self, request_id: str) -> None:
        """Drop an exchange that is not asked for any more; its evidence is written."""
        self.sender.forget(request_id)

    def close(self) -> None:
        """Stop sending."""
        self.sender.close()

    def _told(self, falls: tuple[Fall, ...]) -> tuple[Fall, ...]:
        # What they come to is known at the end: until then their number has to do.
        self.tape.tell(FALLS, len(falls))
        return falls


@dataclass
class TapedObserver:
    """An `Observer` whose attributions are written."""

    observer: Observer
    tape: Tape

    @property
    def url(self) -> str:
        """The address where the gateway reaches the provider."""
        found = self.observer.url
        self.tape.tell(OBSERVED_AT, found)
        return found

    @property
    def changes(self) -> int:
        """How often the calls have changed so far."""
        found = self.observer.changes
        self.tape.tell(CHANGES, found)
        return found

    def calls(self) -> tuple[Call, ...]:
        """Return every call so far, each with the request that caused it, if that is known."""
        found = self.observer.calls()
        self.tape.tell(CALLS, len(found))
        return found

    def seen(self, exchange: Exchange) -> Exchange:
        """Return an exchange with the calls that it caused."""
        found = self.observer.seen(exchange)
        calls = [[c.id, c.settled] for c in found.calls or ()]
        self.tape.tell(calls_of(exchange.id), [calls, found.calls_unclear])
        return found
