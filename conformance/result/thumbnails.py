"""Describes the pictures of an answer, each with a copy that is small enough for a report."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from conformance.http.images import looking
from conformance.http.payload import contents
from conformance.result.exchange_summary import Picture

if TYPE_CHECKING:
    from conformance.http.exchange import Exchange
    from conformance.http.images.looking import Shown

SHOWN_PICTURES = 4


def pictures_shown(exchange: Exchange, *, thumbnails: bool = True) -> tuple[Picture, ...]:
    """Return the first pictures of an answer, each with a thumbnail where it can be decoded.

    Args:
        exchange: the answer.
        thumbnails: whether there are any; a report with hundreds of them would be too large.
    """
    found = contents(exchange)[:SHOWN_PICTURES]
    return tuple(_picture(one.source, one.content, small=thumbnails) for one in found)


def _picture(source: str, shown: Shown, *, small: bool) -> Picture:
    measured = looking.measured(shown)
    thumbnail = looking.thumbnail(shown) if measured and small else b""
    return Picture(
        source=source,
        format=measured.format if measured else None,
        width=measured.width if measured else None,
        height=measured.height if measured else None,
        size_bytes=looking.size_of(shown),
        sha256=looking.digest(shown),
        thumbnail=_url(thumbnail) if thumbnail else None,
    )


def _url(thumbnail: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(thumbnail).decode()
