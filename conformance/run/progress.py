"""The progress of a run: by its requests, which are quick, and by its pictures, which are slow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.send.usage import Usage

    OnProgress = Callable[[int, int, Usage, float], None]


def no_progress(_done: int, _total: int, _usage: Usage, _share: float) -> None:
    """Report nothing."""


@dataclass
class Progress:
    """Reports the progress of a run to `tell`: requests done, in all, what was used, the share.

    The total is 0 until `begin`, because the plan is not complete before.
    """

    tell: OnProgress
    total: Callable[[], int] = lambda: 0
    # The pictures that a correct gateway has to make for the plan.
    pictures: int = 0

    def begin(self, total: Callable[[], int], pictures: int) -> None:
        """Report shares from now on."""
        self.total, self.pictures = total, pictures

    def __call__(self, done: int, usage: Usage) -> None:
        """Report that so many requests are settled."""
        total = self.total()
        self.tell(done, total, usage, share(done, total, usage.images, self.pictures))


def share(done: int, total: int, images: int, pictures: int) -> float:
    """Return the share of a run's work that is done, from 0 to 1: requests or pictures, the smaller."""
    of_requests = min(1.0, done / total) if total else 0.0
    return min(of_requests, images / pictures) if pictures else of_requests
