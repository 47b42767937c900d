"""Reads format and pixels of a picture from its header alone, without a decoder.

PNG (§11.2.1 IHDR), GIF (89a §18), JPEG (ITU T.81 §B.2.2, frame header) and WebP (RFC 9649 §2.5 to §2.7).
"""

from __future__ import annotations

import re

from conformance.http.facts import Measured

# A segment of a JPEG has at most 64 kB, and an honest picture has a few dozen before its frame.
MOST_SEGMENTS = 10_000
_MARKER = re.compile(rb"\xff++([\x01-\xfe])")
# The markers of frames: C0 to CF without those of tables (C4, CC) and of extensions (C8).
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Markers that no length follows.
_BARE = frozenset({0x01, *range(0xD0, 0xDA)})
_PNG, _GIF = b"\x89PNG\r\n\x1a\n", (b"GIF87a", b"GIF89a")


def read(content: bytes) -> Measured | None:
    """Return what a header tells, or None if there is none that can be read."""
    if content.startswith(_PNG) and content[12:16] == b"IHDR" and len(content) >= 24:  # noqa: PLR2004 - where IHDR's height ends
        return _of("png", _big(content, 16, 4), _big(content, 20, 4))
    if content.startswith(_GIF) and len(content) >= 10:  # noqa: PLR2004 - where the screen's height ends
        return _of("gif", _little(content, 6, 2), _little(content, 8, 2))
    if content.startswith(b"\xff\xd8"):
        return _jpeg(content)
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return _webp(content)
    return None


def _jpeg(content: bytes) -> Measured | None:
    at = 2
    for _ in range(MOST_SEGMENTS):
        found = _MARKER.match(content, at)
        if found is None:
            return None
        kind, at = found[1][0], found.end()
        if kind in _FRAMES:
            return _of("jpeg", _big(content, at + 5, 2), _big(content, at + 3, 2))
        at += 0 if kind in _BARE else _big(content, at, 2)
    return None


def _webp(content: bytes) -> Measured | None:
    kind = content[12:16]
    if kind == b"VP8X":
        return _of("webp", _little(content, 24, 3) + 1, _little(content, 27, 3) + 1)
    if kind == b"VP8 " and content[23:26] == b"\x9d\x01\x2a":
        return _of("webp", _little(content, 26, 2) & 0x3FFF, _little(content, 28, 2) & 0x3FFF)
    if kind == b"VP8L" and content[20:21] == b"\x2f":
        bits = _little(content, 21, 4)
        return _of("webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    return None


def _of(kind: str, width: int, height: int) -> Measured | None:
    return Measured(kind, width, height) if width and height else None


def _big(content: bytes, at: int, size: int) -> int:
    return int.from_bytes(content[at : at + size], "big")


def _little(content: bytes, at: int, size: int) -> int:
    return int.from_bytes(content[at : at + size], "little")
