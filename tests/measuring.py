"""Tells whether work takes time in proportion to its input.

Times of a busy machine say little, so that two of them are compared: four times as long an input may
take at most eight times as long, where quadratic work takes sixteen times. What takes too little
to be measured is fine. The processor's time of this thread alone is counted.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SHORT, TIMES = 40_000, 4
MOST_TIMES, FLOOR_S = 8.0, 0.08
TRIES = 4


def seconds(work: Callable[[], object]) -> float:
    started = time.thread_time()
    work()
    return time.thread_time() - started


def is_linear(work: Callable[[int], Callable[[], object]], short: int = SHORT) -> str:
    """Return nothing, or how much longer four times as much takes, at best of a few tries."""
    ratios = []
    for _ in range(TRIES):
        less, more = seconds(work(short)), seconds(work(TIMES * short))
        if more < FLOOR_S or more < MOST_TIMES * max(less, FLOOR_S / TIMES**2):
            return ""
        ratios.append(round(more / less, 1))
    return f"{TIMES} times as much takes {min(ratios)} times as long"
