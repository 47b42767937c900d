"""Rate limits of gateways, as values: each is told the time and says whether it takes a request."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Protocol


class RateLimit(Protocol):
    """Takes so many requests in a time, and no more."""

    def takes(self, now: float) -> bool:
        """Return whether a request that comes now is taken; times are in seconds."""
        ...


@dataclass
class FixedWindow:
    """So many requests in each window; the windows are cut by the clock, whenever requests come."""

    most: int
    window_s: float
    _window: float = -1.0
    _taken: int = 0

    def takes(self, now: float) -> bool:
        """Return whether the window of this moment has room for one more."""
        window = math.floor(now / self.window_s)
        if window != self._window:
            self._window, self._taken = window, 0
        self._taken += 1
        return self._taken <= self.most


@dataclass
class SlidingWindow:
    """So many requests in any stretch of time of one length."""

    most: int
    window_s: float
    _taken: deque[float] = field(default_factory=deque)

    def takes(self, now: float) -> bool:
        """Return whether fewer than the most were taken in the time before this moment."""
        while self._taken and self._taken[0] <= now - self.window_s:
            self._taken.popleft()
        if len(self._taken) >= self.most:
            return False
        self._taken.append(now)
        return True


@dataclass
class Bucket:
    """A bucket of tokens that is full at first, and filled at a steady rate."""

    per_s: float
    size: int
    _tokens: float = -1.0
    _at: float = 0.0

    def takes(self, now: float) -> bool:
        """Take a token, if there is one."""
        filled = self.size if self._tokens < 0 else self._tokens + (now - self._at) * self.per_s
        self._tokens, self._at = min(filled, self.size), now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
