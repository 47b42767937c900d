"""Writes a value of JSON in one short line, however large or deep it is."""

from __future__ import annotations

import reprlib
from typing import Any

from conformance.http.reading.foreign_json import MOST_DIGITS, is_huge

MOST_SHOWN = 80


def shown(value: Any) -> str:
    """Return a value as a message shows it; of what is long, its two ends."""
    if is_huge(value):
        sign = "negative " if value < 0 else ""
        return f"a {sign}number of more than {MOST_DIGITS} digits"
    found: str = _SHORT.repr(value)
    return found


def _shortened() -> reprlib.Repr:
    short = reprlib.Repr()
    short.maxlevel, short.maxstring, short.maxother = 3, MOST_SHOWN, MOST_SHOWN
    return short


_SHORT = _shortened()
