"""How long a run waits because its gateway asks for that: counted, and bounded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.send.clock import Clock

MOST_WAITED_S = 300.0


@dataclass
class Waits:
    """How long requests waited for the rate, and how long of it nothing passed; in seconds."""

    paced_s: float = 0.0
    held_s: float = 0.0
    _since: float | None = None
    _held: bool = False

    def note(self, now: float, *, waiting: bool, held: bool) -> None:
        """Take note of whether requests wait for a rate from now on, and whether it is held."""
        if self._since is not None:
            self.paced_s += now - self._since
            self.held_s += (now - self._since) * self._held
        self._since, self._held = now if waiting else None, held

    def paced_until(self, now: float) -> float:
        """Return how long requests have waited for the rate by now."""
        return self.paced_s + (now - self._since if self._since is not None else 0.0)


class WaitBudget:
    """Bounds how long a whole run waits for a gateway that asks for later retries."""

    def __init__(self, clock: Clock, most_s: float = MOST_WAITED_S) -> None:
        self.waited_s = 0.0
        self._clock = clock
        self._most_s = most_s
        self._until = 0.0

    def allows(self, wait_s: float) -> bool:
        """Take a wait into account, or return False if the run has waited long enough.

        Requests that wait at the same time wait once.
        """
        now = self._clock.now()
        more = max(now + wait_s - max(self._until, now), 0.0)
        if self.waited_s + more > self._most_s:
            return False
        self.waited_s += more
        self._until = max(self._until, now + wait_s)
        return True
