"""Uploads that try to hurt a gateway: decompression bombs, and files that are more than a picture.

Each is small to send. A correct gateway refuses it, or passes it on, in bounded time and memory.
"""

from __future__ import annotations

import struct
import zlib
from functools import cache

from conformance.cases.spec import CANARY

PNG = b"\x89PNG\r\n\x1a\n"


def _chunk(kind: bytes, content: bytes) -> bytes:
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))


def _png(width: int, height: int, compressed: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return PNG + _chunk(b"IHDR", header) + _chunk(b"IDAT", compressed) + _chunk(b"IEND", b"")


@cache
def huge_dimensions() -> bytes:
    """A PNG that declares 50,000 × 50,000 pixels and carries none."""
    return _png(50_000, 50_000, zlib.compress(b""))


@cache
def deflate_bomb() -> bytes:
    """A PNG of 10,000 × 10,000 black pixels: its file is a thousandth of what it inflates to."""
    side = 10_000
    return _png(side, side, zlib.compress(bytes((side // 8 + 1) * side), 6))


def with_html_after(picture: bytes) -> bytes:
    """A picture with an HTML page behind its end."""
    return picture + b"<html><script>alert(1)</script></html>"


SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="256"'
    f' height="256"><image width="256" height="256" href="{CANARY}/svg"'
    f' xlink:href="{CANARY}/svg"/></svg>'
).encode()
XXE = (
    f'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "{CANARY}/xxe">]>'
    '<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256"><text>&x;</text></svg>'
).encode()
