"""Measures the pictures of an answer, and makes them small enough for a report."""

from __future__ import annotations

import base64
import hashlib
import io
from typing import TYPE_CHECKING

from conformance.http import pictures
from conformance.http.payload import contents
from conformance.result.exchange_summary import Picture

if TYPE_CHECKING:
    from conformance.http.exchange import Exchange

SHOWN_PICTURES = 4
THUMBNAIL_PIXELS = 96


def pictures_shown(exchange: Exchange) -> tuple[Picture, ...]:
    """Return the first pictures of an answer, each with a thumbnail where it can be decoded."""
    return tuple(
        _picture(found.source, found.content) for found in contents(exchange)[:SHOWN_PICTURES]
    )


def _picture(source: str, content: bytes) -> Picture:
    measured = pictures.measure(content)
    return Picture(
        source=source,
        format=measured.format if measured else None,
        width=measured.width if measured else None,
        height=measured.height if measured else None,
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        thumbnail=_thumbnail(content) if measured else None,
    )


def _thumbnail(content: bytes) -> str | None:
    opened = pictures.open_safely(content)
    if opened is None or opened.width * opened.height > pictures.MAX_PIXELS:
        return None
    small = opened.convert("RGB")
    small.thumbnail((THUMBNAIL_PIXELS, THUMBNAIL_PIXELS))
    out = io.BytesIO()
    small.save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
