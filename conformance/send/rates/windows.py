"""The windows that people give to limits of requests: a second, ten, a minute.

A window that began with the first request after a hold turns so long after it. To look then costs
one request, and to know its length gives the exact rate.
"""

from __future__ import annotations

WINDOWS_S = (1.0, 10.0, 60.0)
# A look comes so much later than the turn, as a share of the window and in seconds.
LATER, LATER_S = 0.01, 0.05


def turns(passed_s: float) -> list[float]:
    """Return in how many seconds each window turns that began so many seconds ago; past ones are negative."""
    return [window + max(LATER * window, LATER_S) - passed_s for window in WINDOWS_S]


def length(least_s: float, most_s: float) -> float:
    """Return the length of a window that turned between two moments: a usual one, or their middle."""
    usual = [window for window in WINDOWS_S if least_s <= window <= most_s]
    return usual[-1] if usual else (least_s + most_s) / 2
