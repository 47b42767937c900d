"""The progress of a run: the share of its requests or of its pictures, the smaller one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.run.progress import NOBODY, Nobody, Progress, share
from conformance.send.usage import Usage
from tests.values import exchange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.http.exchange import Exchange
    from conformance.judging.outcome import Outcome


@pytest.mark.parametrize(
    ("done", "total", "images", "pictures", "expected"),
    [
        (0, 0, 0, 0, 0.0),
        (5, 10, 0, 0, 0.5),
        (9, 10, 1, 4, 0.25),
        (1, 10, 4, 4, 0.1),
        (12, 10, 9, 4, 1.0),
    ],
)
def test_the_smaller_share_counts(
    done: int, total: int, images: int, pictures: int, expected: float
) -> None:
    assert share(done, total, images, pictures) == pytest.approx(expected)


class Watching(Nobody):
    """Notes what it is told, or fails at it."""

    def __init__(self, error: Exception | None = None) -> None:
        self.told: list[tuple[int, int, int, float, int]] = []
        self._error = error

    def update(self, done: int, total: int, usage: Usage, share: float, expected: int) -> None:
        if self._error is not None:
            raise self._error
        self.told.append((done, total, usage.requests, share, expected))

    def say(self, words: str) -> None:
        raise ValueError(words)

    def settled(self, exchange: Exchange) -> None:
        raise ValueError(exchange)

    def judged(self, outcomes: Sequence[Outcome]) -> None:
        raise ValueError(outcomes)


def test_before_the_plan_is_sent_the_total_is_unknown() -> None:
    watching = Watching()
    progress = Progress(watching)
    progress(1, Usage(requests=1))
    progress.begin(lambda: 4, pictures=7)
    progress(2, Usage(requests=2))
    assert watching.told == [(1, 0, 1, 0.0, 0), (2, 4, 2, 0.0, 7)]


def test_who_watches_decides_nothing() -> None:
    progress = Progress(Watching(OSError("it is closed")))
    progress(1, Usage())
    progress.say("x")
    progress.settled(exchange(200))
    progress.judged(())


def test_nobody_watches_everything() -> None:
    progress = Progress(NOBODY)
    progress(1, Usage())
    progress.say("x")
    progress.settled(exchange(200))
    progress.judged(())
