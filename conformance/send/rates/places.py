"""What a request asks of the limiter, and the place in flight that it gets: values."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.send.rates.cycles import Ticket
    from conformance.send.rates.lanes import Kind


@dataclass(frozen=True)
class Asks:
    """What a request asks for: its kind, how many requests it is, and its burst with its members.

    `limited` is how often it was asked to come later.
    """

    kind: Kind = "good"
    count: int = 1
    burst: str = ""
    members: int = 0
    limited: int = 0


PLAIN = Asks()


@dataclass
class Place:
    """The place of one request in flight; `closed` says why it is not sent, or is empty."""

    asks: Asks
    shrunk: int = 0
    tickets: tuple[tuple[Kind, Ticket], ...] = ()
    closed: str = ""
    told: bool = False


@dataclass
class Waiter:
    """A request that waits for its turn."""

    asks: Asks
    # When its rate lets it go; infinite while that is not known.
    due: float = math.inf
    place: Place | None = None
    poked: asyncio.Event = field(default_factory=asyncio.Event)
