"""The progress of a run: by its requests, which are quick, and by its pictures, which are slow.

Whoever watches a run is a `Watcher`. It decides nothing: what it raises is dropped.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.http.exchange import Exchange
    from conformance.judging.outcome import Outcome
    from conformance.send.usage import Usage


class Watcher(Protocol):
    """Gets to know how far a run is; `settled` is called on the network's thread."""

    def update(self, done: int, total: int, usage: Usage, share: float, expected: int) -> None:
        """Learn how many requests are settled, of how many, what was used, and the share of the work.

        The total is 0 before the plan is sent, and the share goes from 0 to 1. `expected` is how many
        pictures a correct gateway makes.
        """
        ...

    def say(self, words: str) -> None:
        """Hear what the run waits for, in one line."""
        ...

    def settled(self, exchange: Exchange) -> None:
        """See an exchange as soon as it is settled."""
        ...

    def judged(self, outcomes: Sequence[Outcome]) -> None:
        """See how a check ended."""
        ...


class Nobody:
    """Watches nothing."""

    def update(self, done: int, total: int, usage: Usage, share: float, expected: int) -> None:
        """Learn nothing."""

    def say(self, words: str) -> None:
        """Hear nothing."""

    def settled(self, exchange: Exchange) -> None:
        """See nothing."""

    def judged(self, outcomes: Sequence[Outcome]) -> None:
        """See nothing."""


NOBODY = Nobody()


@dataclass
class Progress:
    """Reports the progress of a run to a watcher, and drops what that raises.

    The total is 0 until `begin`, because the plan is not complete before.
    """

    watcher: Watcher
    total: Callable[[], int] = lambda: 0
    # The pictures that a correct gateway has to make for the plan.
    pictures: int = 0

    def begin(self, total: Callable[[], int], pictures: int) -> None:
        """Report shares from now on."""
        self.total, self.pictures = total, pictures

    def __call__(self, done: int, usage: Usage) -> None:
        """Report that so many requests are settled."""
        total = self.total()
        with contextlib.suppress(Exception):
            done_share = share(done, total, usage.images, self.pictures)
            self.watcher.update(done, total, usage, done_share, self.pictures)

    def say(self, words: str) -> None:
        """Report what the run waits for."""
        with contextlib.suppress(Exception):
            self.watcher.say(words)

    def settled(self, exchange: Exchange) -> None:
        """Report an exchange."""
        with contextlib.suppress(Exception):
            self.watcher.settled(exchange)

    def judged(self, outcomes: Sequence[Outcome]) -> None:
        """Report how a check ended."""
        with contextlib.suppress(Exception):
            self.watcher.judged(outcomes)


def share(done: int, total: int, images: int, pictures: int) -> float:
    """Return the share of a run's work that is done, from 0 to 1: requests or pictures, the smaller."""
    of_requests = min(1.0, done / total) if total else 0.0
    return min(of_requests, images / pictures) if pictures else of_requests
