"""What is odd about the values of a request: not which field it is, but what kind of text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.result.exchange_summary import ExchangeSummary, FormField

LONG = 1_000
# As reports write bytes that do not print: \xff, \x00, \r\n.
_KINDS = (
    ("broken UTF-8", re.compile(r"\\x[89a-f][0-9a-f]|\ufffd")),
    ("a line end", re.compile(r"\\[rn]|[\r\n]")),
    ("a control character", re.compile(r"\\x[01][0-9a-f]|\\x7f|\\0|[\x00-\x08\x0e-\x1f\x7f]")),
    ("text that is not ASCII", re.compile(r"[^\x00-\x7f…]|\\u[0-9a-f]{4}")),
)


def traits_of(exchange: ExchangeSummary) -> tuple[str, ...]:
    """Return what is odd about the values and the file names of a request."""
    return tuple(dict.fromkeys(trait for part in exchange.fields for trait in _traits(part)))


def _traits(part: FormField) -> Iterator[str]:
    for where, text in (("value", part.value), ("name", part.name), ("file name", part.filename)):
        for kind, pattern in _KINDS:
            if text and pattern.search(text):
                yield f"{kind} in a {where}"
    if part.filename is None and part.size_bytes > LONG:
        yield "a long value"
