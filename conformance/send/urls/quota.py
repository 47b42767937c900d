"""What fetching may cost: for one answer in seconds and bytes, for a run in servers that never answer."""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Origin = tuple[str, str, int]

# A server that let so many urls in a row wait in vain is not asked again in this run.
STRIKES = 3
# So many times its time limit a run waits in vain for all servers together.
MOST_IN_VAIN = 20


class SpentError(Exception):
    """The urls of an answer serve more bytes than are read of one answer."""


@dataclass
class Quota:
    """The seconds and bytes that are left for the urls of one answer.

    Seconds count while at least one url is being fetched: waiting for a rate limit costs none.
    """

    seconds: float
    bytes: int
    now: Callable[[], float]
    _running: int = 0
    _since: float = 0.0

    @property
    def left_s(self) -> float:
        """How many seconds are left."""
        return self.seconds - (self.now() - self._since if self._running else 0.0)

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Let the time run while a url is being fetched."""
        if not self._running:
            self._since = self.now()
        self._running += 1
        try:
            yield
        finally:
            left = self.left_s
            self._running -= 1
            if not self._running:
                self.seconds = left

    def take(self, count: int) -> None:
        """Count bytes that came, and that are held from now on.

        Raises:
            SpentError: they are more than are left.
        """
        if count > self.bytes:
            raise SpentError
        self.bytes -= count

    def give_back(self, count: int) -> None:
        """Take note that bytes are not held any more: nothing of them is kept."""
        self.bytes += count


@dataclass
class Strikes:
    """Which servers let a run wait in vain, and for how long."""

    in_vain_s: float = 0.0
    _of: Counter[Origin] = field(default_factory=Counter)

    def waited(self, origin: Origin, seconds: float, *, counts: bool = True) -> None:
        """Count a url that was not served in time; `counts` says that it had its whole time."""
        self._of[origin] += counts
        self.in_vain_s += seconds

    def served(self, origin: Origin) -> None:
        """Take note that a server answers."""
        self._of.pop(origin, None)

    def why_not(self, origin: Origin, limit_s: float) -> str:
        """Return why a server is not asked any more, or nothing; `limit_s` is the limit for one url."""
        if self._of[origin] >= STRIKES:
            return (
                f"is not asked: {origin[1]} served none of the last {self._of[origin]} urls in time"
            )
        if self.in_vain_s >= MOST_IN_VAIN * limit_s:
            return f"is not asked: the run has waited for urls in vain for {self.in_vain_s:.0f} s"
        return ""
