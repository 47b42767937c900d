"""Reads what a `data:` url holds (RFC 2397), as leniently as browsers do (WHATWG Fetch, `data:` URLs)."""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import unquote_to_bytes

_BASE64 = re.compile(r";[ ]*base64[ ]*\Z", re.IGNORECASE)
_WHITE = b"\t\n\f\r "
# A head is a media type with its parameters.
MOST_HEAD = 1_000


def is_data(url: str) -> bool:
    """Return whether a url is a `data:` url; it may be too long to be looked at as a whole."""
    return url[:5].lower() == "data:"


def content(url: str, most: int) -> tuple[str, bytes]:
    """Return the media type of a `data:` url, as it is written without parameters, and its bytes.

    Args:
        url: the url, however long.
        most: how many bytes it may hold.

    Raises:
        ValueError: it has no comma, or is no base64 although it says so; the text goes behind the url.
        OverflowError: it holds more bytes.
    """
    comma = url.find(",", 5, 5 + MOST_HEAD)
    if comma < 0:
        raise ValueError("is a data: url without a comma, or with a long way to it")
    head = url[5:comma]
    # Three characters for each byte, if all are percent-encoded; white space may be between them.
    if len(url) - comma > 4 * most:
        raise OverflowError
    found = unquote_to_bytes(url[comma + 1 :])
    if _BASE64.search(head):
        found = _decoded(found)
    if len(found) > most:
        raise OverflowError
    return head.partition(";")[0].strip(), found


def _decoded(text: bytes) -> bytes:
    text = text.translate(None, _WHITE)
    text = text.rstrip(b"=") if len(text) % 4 == 0 else text
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError(f"is a data: url whose base64 cannot be decoded: {error}") from None
