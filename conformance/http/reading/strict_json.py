"""Reads JSON that somebody else may have written, without what Python reads beyond RFC 8259.

Python takes NaN and Infinity, the last one of equal keys, and numbers and depths that whoever uses
the value cannot hold.
"""

from __future__ import annotations

import json
import math
from typing import Any

MOST_DIGITS = 100
MOST_DEEP = 200


def loads(text: str) -> Any:
    """Return the value of a JSON text.

    Raises:
        ValueError: it is not JSON, or holds what only Python or nobody reads; the message says what.
    """
    if not text.strip():
        raise ValueError("it is empty")
    try:
        value = json.loads(
            text,
            parse_int=_integer,
            parse_float=_number,
            parse_constant=_no_number,
            object_pairs_hook=_object,
        )
    except RecursionError:
        raise ValueError("its values lie too deep in each other") from None
    if is_deeper(value, MOST_DEEP):
        raise ValueError(f"its values lie more than {MOST_DEEP} deep in each other")
    return value


def _integer(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise ValueError(f"a number has {len(digits)} digits")
    return int(digits)


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"the number {text[:MOST_DIGITS]} is too large")
    return value


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) != len(members):
        seen: set[str] = set()
        twice = next(k for k, _ in members if k in seen or seen.add(k))  # type: ignore[func-returns-value] # add() returns None on purpose here
        raise ValueError(f"the key {twice[:MOST_DIGITS]!r} is there twice")
    return found


def is_deeper(value: Any, most: int) -> bool:
    """Return whether values lie deeper in each other than that, without going as deep oneself."""
    level = [value]
    for _ in range(most):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True
