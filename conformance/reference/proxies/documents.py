"""JSON as a proxy rewrites it: repeated keys and the digits of numbers stay as they came."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_SURROGATE = re.compile(r"[\ud800-\udfff]")


class Members(list[tuple[str, Any]]):
    """The members of an object in their order, repeated keys too."""


class Number(str):
    """A number as its digits were written."""

    __slots__ = ()


def quoted(text: str) -> str:
    """Return a JSON string in which only what must be escaped is."""
    return _SURROGATE.sub(
        lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False)
    )


@dataclass(frozen=True)
class Style:
    """How a document is written; the defaults write it as tightly as can be.

    Attributes:
        text: writes a string, its quotes too.
        number: writes a number.
        order: puts the members of an object into an order.
        indent: how many spaces a level is indented by; 0 writes one line without spaces.
    """

    text: Callable[[str], str] = quoted
    number: Callable[[Number], str] = str
    order: Callable[[Members], Members] = lambda members: members
    indent: int = 0


def parsed(body: bytes) -> Any:
    """Return a document, with `Members` for its objects and `Number` for its numbers.

    Raises:
        ValueError: it is no JSON in UTF-8.
        RecursionError: it is too deep to be read.
    """
    return json.loads(
        body.decode(),
        object_pairs_hook=Members,
        parse_int=Number,
        parse_float=Number,
        parse_constant=Number,
    )


def written(document: Any, style: Style, level: int = 0) -> str:
    """Return a document as text."""
    if isinstance(document, Number):
        return style.number(document)
    if isinstance(document, str):
        return style.text(document)
    if isinstance(document, Members):
        colon = ": " if style.indent else ":"
        rows = [
            f"{style.text(key)}{colon}{written(value, style, level + 1)}"
            for key, value in style.order(document)
        ]
        return _enclosed("{}", rows, style, level)
    if isinstance(document, list):
        rows = [written(value, style, level + 1) for value in document]
        return _enclosed("[]", rows, style, level)
    return json.dumps(document)


def _enclosed(ends: str, rows: list[str], style: Style, level: int) -> str:
    if not rows or not style.indent:
        return ends[0] + ",".join(rows) + ends[1]
    line = "\n" + " " * style.indent * (level + 1)
    end = "\n" + " " * style.indent * level
    return f"{ends[0]}{line}{f',{line}'.join(rows)}{end}{ends[1]}"


def mapped(document: Any, change: Callable[[Members], Members]) -> Any:
    """Return a document in which each object, from the inside out, is what `change` makes of it."""
    if isinstance(document, Members):
        return change(Members((key, mapped(value, change)) for key, value in document))
    if isinstance(document, list):
        return [mapped(value, change) for value in document]
    return document
