"""Turns values into bytes that stand for them, the same in every version of the code.

A request's id is a digest of its values, and so is the seed of its picture. Neither may change when
a class or a field is renamed, so the encoding holds values and no names.
"""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any


def encoded(value: Any) -> bytes:
    """Return the bytes that stand for a value; different values have different bytes.

    Args:
        value: text, bytes, a number, None, or a tuple or frozen dataclass of these. A dataclass
            counts as the tuple of its values, in the order of its fields.

    Raises:
        TypeError: the value is, or holds, something else.
    """
    if isinstance(value, str):
        return _marked(b"s", value.encode("utf-8", "surrogatepass"))
    if isinstance(value, tuple):
        return _marked(b"l", b"".join(map(encoded, value)))
    if value is None or isinstance(value, int):
        return _marked(b"v", repr(value).encode())
    if isinstance(value, bytes):
        return _marked(b"b", value)
    kind: Any = type(value)
    names = _names(kind)
    if names is None:
        raise TypeError(f"{kind.__name__} has no bytes that stand for it")
    return _marked(b"l", b"".join([encoded(getattr(value, name)) for name in names]))


def _marked(kind: bytes, content: bytes) -> bytes:
    return b"%b%d:%b" % (kind, len(content), content)


@cache
def _names(kind: Any) -> tuple[str, ...] | None:
    """Return the names of a dataclass's fields, which are the same for all values of it."""
    if not dataclasses.is_dataclass(kind):
        return None
    return tuple(field.name for field in dataclasses.fields(kind))
