"""The few words that values of a comparison hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMED = 3


def listed(names: Sequence[str], most: int = NAMED) -> str:
    """Return the first names of a list, and how many more there are."""
    if len(names) == most + 1:  # the one that is left takes no more room than its count
        most += 1
    left = len(names) - most
    return ", ".join(names[:most]) + (f" and {left} more" if left > 0 else "")
