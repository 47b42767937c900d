"""How many examples a fuzz test draws, and what drawn bytes and texts are made of."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.measuring import is_linear

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

# `make fuzz` sets it: the examples of each test are drawn anew, and are so many times as many.
TIMES = int(os.environ.get("FUZZ_TIMES", "0"))
# The two budgets; no other test of the project uses them. A busy machine is slow, and some examples
# are large on purpose.
COMMON = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
SHORT = settings(COMMON, derandomize=True, print_blob=False)
ANEW = settings(COMMON, derandomize=False, print_blob=True)


def examples(count: int) -> settings:
    """Return the settings of a test that draws so many examples in `make test`."""
    return settings(ANEW if TIMES else SHORT, max_examples=count * max(TIMES, 1))


def made_of(*words: bytes, most: int = 12) -> SearchStrategy[bytes]:
    """Return bytes that are made of these words, and of any bytes between them."""
    piece = st.sampled_from(words) | st.binary(max_size=6)
    return st.lists(piece, max_size=most).map(b"".join)


def text_of(*words: str, most: int = 12) -> SearchStrategy[str]:
    """Return a text that is made of these words, and of any characters between them."""
    piece = st.sampled_from(words) | st.text(max_size=6)
    return st.lists(piece, max_size=most).map("".join)


# Every character there is, halves of pairs too.
ANY_TEXT = st.text(st.characters(), max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=12,
)


def linear(work: Callable[[int], object], size: int) -> None:
    """Demand that four times as much of something takes about four times as long."""
    assert not is_linear(lambda count: lambda: work(count), size)
