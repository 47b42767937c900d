"""Turns values into bytes that stand for them, the same in every version of the code.

A request's id is a digest of its values, and so is the seed of its picture. Neither may change when
a class or a field is renamed, so the encoding holds values and no names.
"""

from __future__ import annotations

import dataclasses
from typing import Any


def encoded(value: object) -> bytes:
    """Return the bytes that stand for a value; different values have different bytes.

    Args:
        value: text, bytes, a number, None, or a tuple or frozen dataclass of these. A dataclass
            counts as the tuple of its values, in the order of its fields.

    Raises:
        TypeError: the value is, or holds, something else.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = tuple(_values(value))
    match value:
        case None | bool() | int():
            kind, content = b"v", repr(value).encode()
        case str():
            kind, content = b"s", value.encode("utf-8", "surrogatepass")
        case bytes():
            kind, content = b"b", value
        case tuple():
            kind, content = b"l", b"".join(map(encoded, value))
        case _:
            raise TypeError(f"{type(value).__name__} has no bytes that stand for it")
    return kind + b"%d:" % len(content) + content


def _values(value: Any) -> list[Any]:
    return [getattr(value, field.name) for field in dataclasses.fields(value)]
