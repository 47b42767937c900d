"""How much the tests try: `make test` a part that stands for all, `make matrix-all` everything."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

EVERYTHING = os.environ.get("CONFORMANCE_MATRIX") == "all"


def some(known: Sequence[T], of: int) -> list[T]:
    """Return one of so many, the first of them first; everything where everything is tried."""
    return list(known) if EVERYTHING else list(known)[::of]
