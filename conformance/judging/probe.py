"""The one door through which a judge asks for more evidence.

Most checks read only the exchanges that they declared. A few need more: whether a failure repeats,
why an answer changed, how small a failing form can be. They send through a `Probe`, and the run
keeps those exchanges as evidence like all others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from conformance.cases.spec import RunFacts, Spec
    from conformance.http.exchange import Exchange
    from conformance.http.provider_call import Call
    from conformance.http.request import Request
    from conformance.send.outages.falls import Fall
    from conformance.send.wire.kept import Surplus
    from conformance.target.target import Target

Member = TypeVar("Member")


class Batches(Protocol):
    """Sends requests outside the plan in batches; each is judged and then forgotten."""

    def through(
        self, batches: Iterable[list[Member]], spec_of: Callable[[Member], Spec]
    ) -> Iterator[tuple[Member, Exchange]]:
        """Send these batches and yield each of their members with its exchange."""
        ...

    def forget(self, exchange: Exchange) -> None:
        """Forget an exchange that passed, unless it is the first of its kind."""
        ...


class Probe(Protocol):
    """What a judge may ask of a run."""

    @property
    def facts(self) -> RunFacts:
        """What was known of the run before anything was sent."""
        ...

    @property
    def target(self) -> Target:
        """The gateway under test."""
        ...

    @property
    def at_once(self) -> int:
        """How many requests may be in flight now."""
        ...

    @property
    def sent(self) -> int:
        """How many requests the plan holds; it grows with each new one that `send` is given."""
        ...

    @property
    def canary_counts(self) -> bool:
        """Whether the gateway can reach the canary, so that a silent canary proves something."""
        ...

    def send(self, spec: Spec) -> Exchange:
        """Send one more request now, and its control if that was not sent yet; wait for both.

        Raises:
            NotApplicable: the request cannot be made for this target.
            Untestable: the run ended early.
        """
        ...

    def again(self, request: Request) -> Exchange:
        """Send a copy of an earlier request now, and wait for its exchange.

        Raises:
            Untestable: the run's time was over before it was answered.
        """
        ...

    def again_at_once(self, requests: list[Request]) -> list[Exchange]:
        """Send copies of earlier requests, all at once, and wait for their exchanges.

        Raises:
            Untestable: the run's time was over before all were answered.
        """
        ...

    def batches(self) -> Batches:
        """Wait until the plan is through, and return the means to send batches outside it."""
        ...

    def answers(self) -> list[Exchange]:
        """Wait until everything is answered, and return every exchange of the run."""
        ...

    def overheard(self) -> tuple[str, ...]:
        """Return the request lines that reached the suite's own canary."""
        ...

    @property
    def seen_falls(self) -> tuple[Fall, ...]:
        """When the gateway's process ended, as far as that was seen yet."""
        ...

    def falls(self) -> tuple[Fall, ...]:
        """Wait until everything is answered, and return when the gateway's process ended."""
        ...

    def surplus(self) -> tuple[Surplus, ...]:
        """Wait until everything is answered, and return what came behind answers."""
        ...

    def strangers(self) -> tuple[Call, ...] | None:
        """Return the calls to the provider that this run did not cause; None if not observed."""
        ...
