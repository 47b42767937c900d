"""Reads an answer as a client does: its items, its pictures, and where they came from."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.http import pictures

if TYPE_CHECKING:
    from conformance.http.exchange import Exchange

BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")


@dataclass(frozen=True)
class Content:
    """The bytes of one picture of an answer, and the key that they came from."""

    index: int
    source: str
    content: bytes


def objects(exchange: Exchange) -> list[dict[str, Any]]:
    """Return the items of `data` that are objects."""
    return [item for item in exchange.items if isinstance(item, dict)]


def contents(exchange: Exchange) -> list[Content]:
    """Return the pictures' bytes, from base64 and from what the urls served."""
    served = {f.url: f.body for f in exchange.fetched if f.body}
    found = []
    for index, item in enumerate(exchange.items):
        if not isinstance(item, dict):
            continue
        encoded, url = item.get("b64_json"), item.get("url")
        decoded = decode(encoded) if isinstance(encoded, str) and encoded else None
        if decoded is not None:
            found.append(Content(index, "b64_json", decoded))
        elif isinstance(url, str) and url in served:
            found.append(Content(index, "url", served[url]))
    return found


def measured(exchange: Exchange) -> list[tuple[int, pictures.Measured]]:
    """Return index, format and pixels of each picture of an answer that could be decoded."""
    sizes = ((c.index, pictures.measure(c.content)) for c in contents(exchange))
    return [(index, size) for index, size in sizes if size is not None]


def decode(text: str) -> bytes | None:
    """Decode standard base64 (RFC 4648 §4), or return None, also for line breaks and `data:`."""
    if not BASE64.fullmatch(text):
        return None
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def pictures_in(exchange: Exchange) -> int:
    """Return how many pictures an answer carries, as the provider bills them."""
    return len(exchange.items) if exchange.ok else 0
