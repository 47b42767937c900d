"""How many requests may be in flight: the number alone, without the requests and without a clock.

It starts at what the user asked for. When the gateway says that it was too many (a 429, or a 503
with Retry-After), the limit is halved: once for all requests that were in flight together, and
never above what the gateway did serve of them. Answers after that raise it again, one step at a
time. The limit that was too high is remembered: it is tried again only after a number of answers,
and that number doubles each time that the limit turns out to be too high again. So a gateway that
takes two requests at once is seldom asked for three.

A limit that grows (`--concurrency auto`) starts low and rises by one after every few good answers,
until a 429, a 503, or pictures that take longer and longer show that it is high enough.
"""

from __future__ import annotations

import statistics
from collections import deque

ANSWERS_FOR_ONE_MORE = 8
ANSWERS_WHILE_CALM = 2
FIRST_PATIENCE = 16
# Where a limit that grows starts, and where it ends.
FEW, MANY = 4, 32
# Pictures that take this many times as long as the quickest, and so much longer, are rising times.
RISE, RISE_S = 2.0, 0.05
WINDOW = 6


class AdaptiveLimit:
    """A limit that halves when the gateway says "too many", and recovers step by step."""

    def __init__(self, most: int, *, grows: bool = False) -> None:
        self.size = FEW if grows else most
        # How often the limit became lower: tells under which limit a request was sent.
        self.shrunk = 0
        self._began = self.size
        self._most = MANY if grows else most
        self._times = PictureTimes() if grows else None
        # The limit that was too high; 0 while none is known.
        self._too_many = 0
        # How many requests of that limit were refused.
        self._refused = 0
        self._patience = FIRST_PATIENCE
        self._answers = 0

    def too_many(self, entered: int) -> None:
        """Lower the limit, because the gateway asked a request to come again later.

        Args:
            entered: the value of `shrunk` when the request was sent. A refusal of a request that
                was sent under a higher limit only shows that the present one may be too high, too.
        """
        if entered < self.shrunk:
            if entered == self.shrunk - 1:
                self._refused += 1
                self.size = max(min(self.size, self._too_many - self._refused), 1)
            return
        if self.size == self._too_many:
            self._patience *= 2
            self._shrink(self.size - 1)
        else:
            self._shrink(self.size // 2)

    def blameless(self) -> None:
        """Raise the limit to where it began: what came before was a limit of so many in a time."""
        self.size = max(self.size, self._began)
        self._too_many = 0
        self._patience = FIRST_PATIENCE
        self._answers = 0

    def answered(self, picture_s: float | None = None) -> None:
        """Count a good answer: after a few of them the limit rises by one.

        Args:
            picture_s: how long each picture took, for an answer that has pictures.
        """
        if picture_s is not None and self._times is not None:
            rise = self._times.rise(picture_s)
            if rise and self.size > 1:
                self._shrink(self.size * 3 // 4)
                return
        self._answers += 1
        if self.size < self._most and self._answers >= self._needed():
            self._answers = 0
            self.size += 1

    def _needed(self) -> int:
        if not self._too_many:
            return ANSWERS_WHILE_CALM
        return self._patience if self.size + 1 >= self._too_many else ANSWERS_FOR_ONE_MORE

    def _shrink(self, size: int) -> None:
        self._too_many = self.size
        self._refused = 1
        self.size = max(size, 1)
        self._answers = 0
        self.shrunk += 1
        if self._times is not None:
            self._times.forget()


class PictureTimes:
    """How long the last few pictures took, beside the quickest one."""

    def __init__(self) -> None:
        self._last: deque[float] = deque(maxlen=WINDOW)
        self._quickest = 0.0

    def rise(self, picture_s: float) -> bool:
        """Add a time, and return whether pictures usually take much longer than at first."""
        self._last.append(picture_s)
        if len(self._last) < WINDOW:
            self._quickest = min(self._quickest or picture_s, picture_s)
            return False
        return statistics.median(self._last) > self._quickest * RISE + RISE_S

    def forget(self) -> None:
        """Forget the last times; the quickest one stays known."""
        self._last.clear()
