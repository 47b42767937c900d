"""Reads an answer as a client does: its items, its pictures, and where they came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.http.images import looking, picture_headers
from conformance.http.images.condensing import MOST_DECODED, MOST_PIXELS, decode, mark_of

if TYPE_CHECKING:
    from conformance.http.exchange import Exchange
    from conformance.http.facts import Measured
    from conformance.http.images.looking import Shown


@dataclass(frozen=True)
class Content:
    """One picture of an answer and the key that it came from; `content` is its bytes, or its facts."""

    index: int
    source: str
    content: Shown


def objects(exchange: Exchange) -> list[dict[str, Any]]:
    """Return the items of `data` that are objects."""
    return [item for item in exchange.items if isinstance(item, dict)]


def contents(exchange: Exchange) -> list[Content]:
    """Return the pictures, from base64 and from what the urls served.

    Of those that are not kept, `looking` knows the facts.
    """
    served = {f.url: f.kept or f.body for f in exchange.fetched if f.kept or f.body}
    known = _known(exchange)
    found = []
    for index, item in enumerate(exchange.items):
        if not isinstance(item, dict):
            continue
        encoded, url = item.get("b64_json"), item.get("url")
        shown = _shown(encoded, known) if isinstance(encoded, str) and encoded else None
        if shown is not None:
            found.append(Content(index, "b64_json", shown))
        elif isinstance(url, str) and url in served:
            found.append(Content(index, "url", served[url]))
    return found


def measured(exchange: Exchange) -> list[tuple[int, Measured]]:
    """Return index, format and pixels of each picture of an answer that could be decoded.

    An answer with very many is measured in part from their headers, which take no time.
    """
    found, left = [], MOST_PIXELS
    for number, one in enumerate(contents(exchange)):
        told = picture_headers.read(one.content) if isinstance(one.content, bytes) else None
        left -= told.width * told.height if told else 0
        fits = number < MOST_DECODED and left >= 0
        size = looking.measured(one.content) if fits or not told else told
        if size is not None:
            found.append((one.index, size))
    return found


def from_base64(exchange: Exchange, text: str) -> Shown | None:
    """Return what the `b64_json` of an item holds, or None if that is no base64."""
    return _shown(text, _known(exchange))


def _known(exchange: Exchange) -> dict[str, Shown]:
    pictures = exchange.reply.pictures if exchange.reply else ()
    return {mark_of(one): one for one in pictures}


def _shown(text: str, known: dict[str, Shown]) -> Shown | None:
    return known.get(text) or decode(text)


def pictures_in(exchange: Exchange) -> int:
    """Return how many pictures an answer carries, as the provider bills them."""
    if not exchange.ok or exchange.reply is None:
        return 0
    return exchange.reply.cut.pictures if exchange.reply.cut else len(exchange.items)
