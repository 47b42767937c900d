"""Finds each run of a text's bytes in another one: at least so many in a row, wherever they begin."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# A run with fewer different characters, such as a row of zeros, occurs in answers by chance.
FEWEST_DIFFERENT = 5


def runs(content: bytearray, text: bytes, least: int) -> Iterator[tuple[int, int]]:
    """Yield where at least `least` bytes in a row are also a row of `text`, five of them different.

    Whoever takes a place may overwrite it before asking for the next one. The time grows with the
    length of the content alone, for one text.
    """
    # Every run of `least` bytes holds a whole block of half that length, so looking for the blocks
    # finds every run without trying each position.
    block = least // 2
    for start in range(0, len(text) - block + 1, block):
        needle = text[start : start + block]
        same = len({*needle}) == 1
        at = content.find(needle)
        while at >= 0:
            first, last = _widened(content, text, at, start, block)
            if last - first >= least and len({*content[first:last]}) >= FEWEST_DIFFERENT:
                yield first, last
                at = content.find(needle, last)
            else:
                beyond = _end_of_row(content, at + block) - len(text) if same else 0
                at = content.find(needle, max(at + 1, beyond))


def _widened(content: bytearray, text: bytes, at: int, start: int, block: int) -> tuple[int, int]:
    """Return the longest run around a block at `at` that stands at `start` in the text."""
    first, last = at, at + block
    left, right = start, start + block
    while first > 0 and left > 0 and content[first - 1] == text[left - 1]:
        first, left = first - 1, left - 1
    while last < len(content) and right < len(text) and content[last] == text[right]:
        last, right = last + 1, right + 1
    return first, last


def _end_of_row(content: bytearray, at: int) -> int:
    """Return where a row of one character ends that `at - 1` is in."""
    letter = re.escape(bytes(content[at - 1 : at]))
    found = re.compile(b"(?:" + letter + b")*", re.DOTALL).match(content, at)
    return found.end() if found else at
