"""Compares two answers to requests that should be answered alike.

Two answers to the same bytes may differ in much that no client relies on: ids, times, counters, the
order of keys, headers, `1.0` for `1`. So an answer is reduced to its status and the class of its
body. Texts are never compared with each other but for one question, which no id can answer wrongly:
does an answer say, word for word, what is said to another request?
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from conformance.judging.expect import known_object

if TYPE_CHECKING:
    from conformance.http.exchange import Exchange

BodyClass = Literal["pictures", "an error envelope", "JSON", "text", "nothing"]
DIGIT = re.compile(r"\d")


def body_class(exchange: Exchange) -> BodyClass:
    """Return what kind of body an answer has."""
    if not exchange.content:
        return "nothing"
    if exchange.json is None:
        return "text"
    if exchange.items:
        return "pictures"
    if isinstance(exchange.body.get("error"), dict | str):
        return "an error envelope"
    return "JSON"


def alike(one: Exchange, other: Exchange) -> bool:
    """Return whether two answers have the same status, media type and class of body."""
    return _outside(one) == _outside(other)


def says_what_is_said_to(exchange: Exchange, other: Exchange, own: Exchange) -> bool:
    """Return whether an answer holds the message for another request, and not its own.

    Words that may vary are left out. So the answer has to agree with the other message in every
    other word, and an id or a time never makes it do so.

    Args:
        exchange: the answer.
        other: the answer to the other request.
        own: another answer to the same bytes as those of `exchange`.
    """
    said = _message(exchange)
    return bool(said) and said == _message(other) != _message(own)


def _outside(exchange: Exchange) -> tuple[int | None, str, BodyClass]:
    return exchange.status, exchange.media_type, body_class(exchange)


def _message(exchange: Exchange) -> str:
    message = known_object(exchange.body.get("error")).get("message")
    if not isinstance(message, str):
        return ""
    # A word with a digit in it may be an id, a time or a counter.
    return " ".join(word for word in message.split() if not DIGIT.search(word))
