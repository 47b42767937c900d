"""Chooses the fewest causes that explain all failures."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.result.findings.causes import Cause
    from conformance.result.findings.failures import Failure


def covered(
    failures: Sequence[Failure], causes: Callable[[Failure], tuple[Cause, ...]]
) -> list[tuple[Cause, tuple[Failure, ...]]]:
    """Return the causes of failures, each with those that it explains; each failure has one.

    The cause that explains most requirements is chosen first, then the one that explains most of what
    is left. Where two explain as much, the one whose kind comes first is named.

    Args:
        failures: what failed.
        causes: returns the causes that a failure may have, at least one.
    """
    left = {index: causes(failure) for index, failure in enumerate(failures)}
    found = []
    while left:
        explained: dict[Cause, list[int]] = {}
        for index, possible in left.items():
            for cause in possible:
                explained.setdefault(cause, []).append(index)
        best = min(explained, key=lambda cause: _rank(cause, explained[cause], failures))
        found.append((best, tuple(failures[index] for index in explained[best])))
        for index in explained[best]:
            del left[index]
    return found


def _rank(
    cause: Cause, explained: list[int], failures: Sequence[Failure]
) -> tuple[int, int, Cause]:
    requirements = {failures[index].requirement.id for index in explained}
    return -len(requirements), -len(explained), cause
