"""The door through which a judge asks for more evidence, and the only one.

Most checks read the exchanges that they declared. A few have to find something out first: whether
a failure repeats, why an answer changed, how small a failing form can be. They get a `Probe`, send
through it, and what they sent is evidence like everything else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from conformance.cases.spec import RunFacts, Spec
    from conformance.http.exchange import Exchange, Request
    from conformance.http.provider_call import Call
    from conformance.target.target import Target

Member = TypeVar("Member")


class Batches(Protocol):
    """Sends requests that enter no plan, batch after batch, each judged and then forgotten."""

    def through(
        self, batches: Iterable[list[Member]], spec_of: Callable[[Member], Spec]
    ) -> Iterator[tuple[Member, Exchange]]:
        """Send these batches and yield each of their members with its exchange."""
        ...

    def forget(self, exchange: Exchange) -> None:
        """Let an exchange go that passed, unless no answer of its kind is kept yet."""
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
        """Whether a silent canary proves anything: the gateway can reach it."""
        ...

    def send(self, spec: Spec) -> Exchange:
        """Send one more request now, with its control where that was not sent; wait for both.

        Raises:
            NotApplicable: this target cannot be asked.
            Untestable: the target could not be examined.
        """
        ...

    def again(self, request: Request) -> Exchange:
        """Send a copy of a request that was sent, now, and wait for its exchange."""
        ...

    def again_at_once(self, requests: list[Request]) -> list[Exchange]:
        """Send copies of requests that were sent, all now, and wait for their exchanges."""
        ...

    def batches(self) -> Batches:
        """Return what sends requests that enter no plan, once the plan is through."""
        ...

    def answers(self) -> list[Exchange]:
        """Wait for everything and return every exchange of the run."""
        ...

    def overheard(self) -> tuple[str, ...]:
        """Return the request lines that reached the suite's own canary."""
        ...

    def strangers(self) -> tuple[Call, ...] | None:
        """Return the calls to the provider that are not of this run; None if it was not observed."""
        ...
