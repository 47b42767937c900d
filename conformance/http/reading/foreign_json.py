"""Reads JSON that somebody else wrote, so that no value of it can break what reads it afterwards.

RFC 8259 §6 and §9 leave the size of numbers and the depth of nesting to whoever reads. Python's own
limits depend on where it is called from: it refuses integers of 4,301 digits, cannot compare one of
400 digits with a time, and ends with an error of its own somewhere around a thousand levels. Here the
limits are far beyond what any client takes, and always the same.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, NoReturn

from conformance.http.reading.strict_json import is_deeper

# From here on a float does not hold every integer.
EXACT = 2**53
# A number beyond it is read as it: a float still holds that, so that all arithmetic goes on working.
MOST_DIGITS = 300
HUGE = int("1" + "0" * MOST_DIGITS)
# PHP refuses 513 levels, .NET 65, Ruby 101, Jackson 1,001.
DEEPEST = 500
TOO_DEEP = (
    f"it is nested more than {DEEPEST} levels deep, which common readers refuse (RFC 8259 §9)"
)


def read(text: str, *, strict: bool = False) -> Any:
    """Return a JSON document as Python values.

    `1`, `1.0` and `1e0` are one number, an integer (RFC 8259 §6, JSON Schema Core §4.2.3). A number of
    more than 300 digits is `HUGE`, or `-HUGE`.

    Args:
        text: the document.
        strict: whether to refuse NaN and Infinity, which are no JSON.

    Raises:
        ValueError: it is no JSON, or too deep; the message says where or why.
    """
    constants: dict[str, Any] = {"parse_constant": _no_constant} if strict else {}
    try:
        found = json.loads(text, parse_int=_integer, parse_float=_number, **constants)
    except RecursionError:
        raise ValueError(TOO_DEEP) from None
    if text.count("[") + text.count("{") > DEEPEST and is_deeper(found, DEEPEST):
        raise ValueError(TOO_DEEP)
    return found


def repeated_keys(text: str) -> list[str]:
    """Return the keys that occur twice in an object of a document; none where it is no JSON."""
    found: list[str] = []

    def pairs(rows: list[tuple[str, Any]]) -> None:
        counted = Counter(key for key, _ in rows)
        if len(counted) < len(rows):
            found.extend(sorted(key for key, times in counted.items() if times > 1))

    try:
        json.loads(text, object_pairs_hook=pairs, parse_int=_integer, parse_float=_number)
    except (ValueError, RecursionError):
        return []
    return found


def is_huge(value: Any) -> bool:
    """Return whether a value is a number of more digits than any client reads."""
    return isinstance(value, int) and abs(value) >= HUGE


def _integer(text: str) -> int:
    if len(text) <= MOST_DIGITS:
        return int(text)
    return -HUGE if text.startswith("-") else HUGE


def _number(text: str) -> int | float:
    """Return a number that is written with a fraction or an exponent."""
    value = float(text)
    if abs(value) >= HUGE:
        return HUGE if value > 0 else -HUGE
    return int(value) if value.is_integer() and abs(value) < EXACT else value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON (RFC 8259 §6)")
