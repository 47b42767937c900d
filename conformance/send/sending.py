"""What a run asks of whatever answers its requests: a `Sender`, or the evidence of an earlier run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.http.exchange import Exchange
    from conformance.http.request import Purpose, Request
    from conformance.send.outages.falls import Fall
    from conformance.send.wire.kept import Surplus


class Sending(Protocol):
    """Takes requests, and gives their exchanges; `Sender` says what each method does."""

    @property
    def at_once(self) -> int:
        """How many requests may be in flight now."""
        ...

    @property
    def canary_hits(self) -> Sequence[str]:
        """The request lines that reached the suite's own canary so far."""
        ...

    @property
    def seen_falls(self) -> tuple[Fall, ...]:
        """When the gateway's process ended, as far as that was seen yet."""
        ...

    def start(
        self,
        requests: Iterable[Request],
        optional: Iterable[Request] = (),
        purpose: Purpose = "plan",
        *,
        ahead: bool = False,
    ) -> None:
        """Begin to send these requests."""
        ...

    def exchange(self, request_id: str) -> Exchange:
        """Wait for the exchange of a request that was started."""
        ...

    def has_arrived(self, request_id: str) -> bool:
        """Whether the exchange of a request that was started is settled."""
        ...

    def send(self, request: Request) -> Exchange:
        """Send one request of the preflight now and wait for its exchange."""
        ...

    def settled(self) -> list[Exchange]:
        """Wait for everything that was started and return it in the order of its start."""
        ...

    def arrived(self) -> list[Exchange]:
        """Return what has been settled so far, without waiting."""
        ...

    def falls(self) -> tuple[Fall, ...]:
        """Wait for everything that was started and return when the gateway's process ended."""
        ...

    def surplus(self) -> tuple[Surplus, ...]:
        """Wait for everything that was started and return what came behind answers."""
        ...

    def forget(self, request_id: str) -> None:
        """Drop an exchange that is not asked for any more; its evidence is written."""
        ...

    def close(self) -> None:
        """Stop sending."""
        ...
