"""The two phases of a rate limit as values: a hold, in which nothing passes, and what passes between two."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Ticket:
    """What is known of a request in the moment in which it is sent."""

    # The number of the hold before it.
    hold: int
    # Whether it asks if a hold is over.
    looks: bool
    # Whether nothing else was in flight.
    alone: bool


@dataclass
class Hold:
    """A time in which nothing passes; `refused_at` is when the last look was refused."""

    since: float
    look_at: float
    refused_at: float
    looking: bool = False
    signs: int = 0


@dataclass
class Cycle:
    """What passed since the last hold ended; `too_high` is the lowest pace that was."""

    began: float | None = None
    passed: int = 0
    since_rise: int = 0
    too_high: float = math.inf
    # Whether the cycle before it had only one pass.
    thin: bool = False
