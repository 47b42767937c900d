"""How often Python looks for garbage: seldom, since a run keeps nearly all that it makes."""

from __future__ import annotations

import contextlib
import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# To look every 700 values, as Python does, takes 7 % of a run. Of 10,000 examples, in one run, these
# thresholds still leave no more behind than of 1,000.
THRESHOLDS = (10_000, 5, 5)


def collect_seldom() -> None:
    """Look for garbage seldom from now on, and never in what is there already."""
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)


@contextlib.contextmanager
def seldom() -> Iterator[None]:
    """Look for garbage seldom while the block runs: the process is somebody else's."""
    before = gc.get_threshold()
    gc.set_threshold(*THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
