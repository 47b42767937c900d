"""The progress of a run: the share of its requests or of its pictures, the smaller one."""

from __future__ import annotations

import pytest

from conformance.run.progress import Progress, share
from conformance.send.usage import Usage


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


def test_before_the_plan_is_sent_the_total_is_unknown() -> None:
    told: list[tuple[int, int, float]] = []
    progress = Progress(lambda done, total, _usage, share: told.append((done, total, share)))
    progress(1, Usage(requests=1))
    progress.begin(lambda: 4, pictures=0)
    progress(2, Usage(requests=2))
    assert told == [(1, 0, 0.0), (2, 4, 0.5)]
