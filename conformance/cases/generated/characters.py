"""Tells hypothesis which characters there are, as it would find out itself in a second or two.

It asks the interpreter about each of 1.1 million characters, one by one, and keeps the answers in
its folder between runs; here nothing is kept, so they are written there before it asks. Should it
look for them under another name, it finds out itself, and only takes longer.
"""

from __future__ import annotations

import gzip
import itertools
import json
import sys
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from hypothesis.internal.charmap import charmap_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SURROGATES = (0xD800, 0xDFFF)
# Planes that are of one category but for their last two code points: nothing is assigned in 4 to
# 13, and 15 and 16 are for private use (Unicode 16.0 §2.8, §23.5).
PLANE = 0x10000
NO_CHARACTERS = 2
UNIFORM = (*range(4, 14), 15, 16)


def make_known() -> None:
    """Write hypothesis's own two files about characters into the folder that it uses now."""
    _write(charmap_file(), sorted(by_category().items()))
    _write(charmap_file("codec-v2-utf-8"), in_utf8())


@cache
def by_category() -> dict[str, list[tuple[int, int]]]:
    """Return the ranges of characters of each category of Unicode."""
    found: dict[str, list[tuple[int, int]]] = {}
    start = 0
    for category, runs in itertools.groupby(_runs(), lambda run: run[0]):
        end = start + sum(length for _, length in runs)
        found.setdefault(category, []).append((start, end - 1))
        start = end
    return found


def _runs() -> Iterator[tuple[str, int]]:
    """Yield the categories of all characters in their order, each with how many have it."""
    for first in range(0, sys.maxunicode + 1, PLANE):
        if first // PLANE in UNIFORM:
            yield unicodedata.category(chr(first)), PLANE - NO_CHARACTERS
            yield unicodedata.category(chr(first + PLANE - 1)), NO_CHARACTERS
        else:
            every = map(unicodedata.category, map(chr, range(first, first + PLANE)))
            yield from ((category, len(list(run))) for category, run in itertools.groupby(every))


def in_utf8() -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return the ranges that UTF-8 can encode, and those that do not come back the same: none."""
    first, last = SURROGATES
    return [(0, first - 1), (last + 1, sys.maxunicode)], []


def _write(path: Path, known: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(json.dumps(known).encode(), compresslevel=1))
