"""What a session asks of the world around it: what is sent, drawn, observed, counted and kept.

The world of a run is `run.live`. Evidence is judged again in a world that only reads it
(`verify.world`): it gives the same answers to the same questions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterable

    from conformance.evidence.log import Sealed
    from conformance.evidence.reading import Section
    from conformance.http.exchange import Exchange
    from conformance.http.provider_call import Call
    from conformance.http.request import Request
    from conformance.plan.plan import Plan
    from conformance.send.deadlines.deadline import Overtime
    from conformance.send.outages.falls import Fall
    from conformance.send.sending import Sending
    from conformance.send.spare import Spare
    from conformance.send.usage import Usage
    from conformance.target.target import Target


@dataclass(frozen=True)
class Draws:
    """What the requests to one target are drawn from beside the seed, each empty if not needed.

    `canary` is the address of the suite's canary; `mark` a text in each picture where the provider is
    observed; `fresh` one that pictures are drawn from after a cache answered; `renewing` one for single
    requests that a cache answered.
    """

    canary: str = ""
    mark: str = ""
    fresh: str = ""
    renewing: str = ""


@dataclass(frozen=True)
class Opening:
    """What a session sends, and where to: its plan, with what may be left out.

    `identity` is that of the run with this target, and `known` what earlier processes settled of it, by
    id. `canary` is the socket of the suite's canary.
    """

    target: Target
    plan: Plan
    canary: socket.socket | None
    spare: Spare
    identity: dict[str, Any]
    known: dict[str, Exchange]


@dataclass(frozen=True)
class Ended:
    """How a run ended; times are in seconds since the epoch.

    `stopped` says that the checks were interrupted, or broke off; it is empty for a run that was
    through.
    """

    started_at: float
    ended_at: float
    falls: tuple[Fall, ...]
    stopped: str = ""


class Observing(Protocol):
    """The calls that the gateway made to its provider; `evidence.attribution.Observer` says more."""

    @property
    def url(self) -> str:
        """The address where the gateway reaches the provider."""
        ...

    @property
    def changes(self) -> int:
        """How often the calls have changed so far."""
        ...

    def calls(self) -> tuple[Call, ...]:
        """Return every call so far, each with the request that caused it, if that is known."""
        ...

    def seen(self, exchange: Exchange) -> Exchange:
        """Return an exchange with the calls that it caused."""
        ...


class World(Protocol):
    """What a session asks; the calls come in this order."""

    @property
    def usage(self) -> Usage:
        """What the run has cost so far."""
        ...

    @property
    def overtime(self) -> Overtime | None:
        """Why the run's time was over before it was through; None if it was not."""
        ...

    def now(self) -> float:
        """Return the time, in seconds since the epoch."""
        ...

    def earlier(self, identity: dict[str, Any]) -> tuple[Section, ...]:
        """Return what earlier processes of a resumed run have settled.

        Raises:
            UsageError: no earlier run can be resumed.
        """
        ...

    def observer(self, target: Target) -> Observing | None:
        """Return the provider that the run plays, or None if it plays none."""
        ...

    def canary(self, target: Target) -> tuple[socket.socket | None, str]:
        """Return the socket of the suite's canary, and its address; none if no gateway reaches it."""
        ...

    def draw(self, name: str) -> str:
        """Return a text that no other run has; `name` is that of a field of `Draws`."""
        ...

    def approach(self, target: Target) -> None:
        """Open the evidence, and begin to observe."""
        ...

    def is_silent(self, target: Target, request: Request) -> bool:
        """Return whether somebody takes connections at the address, and answers nothing.

        The look is made of a request, and asks for nothing.
        """
        ...

    def open(self, opening: Opening) -> Sending:
        """Begin to send."""
        ...

    def planned(self, total: Callable[[], int], pictures: int) -> None:
        """Learn how many requests there will be, and how many pictures they cost."""
        ...

    def told(self, question: str, value: Callable[[], Any]) -> Any:
        """Return what the session asks besides, a value that JSON can hold; the evidence keeps it."""
        ...

    def observed(self, calls: Iterable[Call]) -> None:
        """Stop observing, and keep the calls."""
        ...

    def end(self, ended: Ended) -> Sealed | None:
        """Close the evidence, and return where it ends; None if the run kept none."""
        ...
