"""Looks at pictures that came back: what they measure, what they show, and a small copy.

A gateway chooses these bytes, so that the work is bounded: by pixels, by the passes that a progressive
JPEG asks for, and by how often a decoder asks for a few more bytes, which is what thousands of
chunks, segments or blocks come to. What is beyond that is measured from its header and not
decoded. One picture is decoded at a time, so that many together take no more memory.
"""

from __future__ import annotations

import hashlib
import io
import threading
import warnings
from typing import TYPE_CHECKING, TypeVar

from PIL import Image

from conformance.http.facts import Measured, PictureFacts
from conformance.http.images import picture_headers

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_PIXELS = 4096 * 4096
# Each pass of a JPEG goes over all its pixels.
MOST_PASSED = 16 * MAX_PIXELS
# How often a header is read on: an honest picture has a few dozen chunks before its pixels.
MOST_READS = 2_000
# Behind it, a chunk of a PNG takes four reads, and encoders write chunks of 1 kB and more.
MOST_READS_OF_PIXELS, BYTES_FOR_A_READ = 20_000, 256
MOST_KNOWN = 4_096
HEAD_BYTES = 16
GREY_SIDE = 16
THUMBNAIL_PIXELS = 96
STRIP_ROWS = 64

Shown = bytes | PictureFacts
Found = TypeVar("Found")
_DECODING = threading.Lock()
_known: dict[bytes, Measured | None] = {}


class _GivenUpError(Exception):
    """A decoder reads on and on."""


class _Source(io.BytesIO):
    """Bytes that count how often they are read."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.left = MOST_READS
        self.given_up = False

    def read(self, size: int | None = -1, /) -> bytes:
        """Read some bytes, unless that was done too often."""
        self.left -= 1
        if self.left < 0:
            self.given_up = True
            raise _GivenUpError
        return super().read(size)


def measure(content: bytes) -> Measured | None:
    """Decode a picture and return its format and pixels, or None if it is not a picture.

    A picture of more than 16.8 million pixels is measured from its header and not decoded.
    """
    digest = hashlib.sha256(content).digest()
    if digest not in _known:
        while len(_known) >= MOST_KNOWN:
            _known.pop(next(iter(_known)), None)
        with _DECODING:
            _known[digest] = _measured(_decoded(content))
    return _known[digest]


def open_safely(content: bytes) -> Image.Image | None:
    """Decode a PNG, JPEG, WebP or GIF, or return None, also for one that is too large to decode."""
    with _DECODING:
        found = _decoded(content)
    return found if isinstance(found, Image.Image) else None


def _decoded(content: bytes) -> Image.Image | Measured | None:
    """Return a decoded picture, or only what its header tells if decoding it takes too much."""
    told = picture_headers.read(content)
    if told is not None and _takes_too_much(content, told):
        return told
    source = _Source(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            picture = Image.open(source, formats=("PNG", "JPEG", "WEBP", "GIF"))
            if picture.width * picture.height > MAX_PIXELS:
                return _measured(picture)
            source.left = MOST_READS_OF_PIXELS + len(content) // BYTES_FOR_A_READ
            picture.load()
        except Exception:  # noqa: BLE001 - Pillow's decoders raise many types, and each means "no picture"
            return told if source.given_up else None
    return picture


def _takes_too_much(content: bytes, told: Measured) -> bool:
    pixels = told.width * told.height
    passes = content.count(b"\xff\xda") if told.format == "jpeg" else 1
    return pixels > MAX_PIXELS or pixels * passes > MOST_PASSED


def _measured(found: Image.Image | Measured | None) -> Measured | None:
    if isinstance(found, Image.Image):
        return Measured((found.format or "").lower(), found.width, found.height)
    return found


def facts_of(content: bytes, *, decode: bool = True, thumbnail: bool = True) -> PictureFacts:
    """Return what is kept of a picture whose bytes are not; it is decoded once.

    Args:
        content: the picture, or what should have been one.
        decode: whether to look at its pixels; else it is measured from its header.
        thumbnail: whether a small copy is made, too.
    """
    with _DECODING:
        found = _decoded(content) if decode else picture_headers.read(content)
        picture = found if isinstance(found, Image.Image) else None
        return PictureFacts(
            sha256=hashlib.sha256(content).hexdigest(),
            size_bytes=len(content),
            head=content[:HEAD_BYTES],
            measured=_measured(found),
            pixels=_pixels(picture) if picture else "",
            grey=_grey(picture) if picture else b"",
            thumbnail=_thumbnail(picture) if picture and thumbnail else b"",
        )


def measured(shown: Shown) -> Measured | None:
    """Return the format and the pixels of a picture, whether its bytes were kept or not."""
    return shown.measured if isinstance(shown, PictureFacts) else measure(shown)


def digest(shown: Shown) -> str:
    """Return the SHA-256 of a picture's bytes, in hex."""
    return shown.sha256 if isinstance(shown, PictureFacts) else hashlib.sha256(shown).hexdigest()


def size_of(shown: Shown) -> int:
    """Return how many bytes a picture has."""
    return shown.size_bytes if isinstance(shown, PictureFacts) else len(shown)


def head(shown: Shown) -> bytes:
    """Return the first bytes of a picture."""
    return shown.head if isinstance(shown, PictureFacts) else shown[:HEAD_BYTES]


def pixels(shown: Shown) -> str:
    """Return a digest of what a picture shows; empty if it cannot be decoded."""
    return shown.pixels if isinstance(shown, PictureFacts) else _of(shown, _pixels, "")


def grey(shown: Shown) -> bytes:
    """Return a grey copy of 16 × 16 fields, row by row; empty if a picture cannot be decoded."""
    return shown.grey if isinstance(shown, PictureFacts) else _of(shown, _grey, b"")


def thumbnail(shown: Shown) -> bytes:
    """Return a small copy as PNG; empty if a picture cannot be decoded."""
    return shown.thumbnail if isinstance(shown, PictureFacts) else _of(shown, _thumbnail, b"")


def _of(content: bytes, look: Callable[[Image.Image], Found], nothing: Found) -> Found:
    picture = open_safely(content)
    return nothing if picture is None else look(picture)


def _pixels(picture: Image.Image) -> str:
    found = hashlib.sha256(f"{picture.width}x{picture.height}|".encode())
    for top in range(0, picture.height, STRIP_ROWS):
        strip = (0, top, picture.width, min(top + STRIP_ROWS, picture.height))
        found.update(picture.crop(strip).convert("RGBA").tobytes())
    return found.hexdigest()


def _grey(picture: Image.Image) -> bytes:
    side = (GREY_SIDE, GREY_SIDE)
    return picture.convert("L").resize(side, Image.Resampling.BOX).tobytes()


def _thumbnail(picture: Image.Image) -> bytes:
    small = picture if picture.mode in ("RGB", "RGBA", "L") else picture.convert("RGB")
    if (factor := min(picture.size) // (2 * THUMBNAIL_PIXELS)) > 1:
        small = small.reduce(factor)
    small = small.convert("RGB")
    small.thumbnail((THUMBNAIL_PIXELS, THUMBNAIL_PIXELS))
    out = io.BytesIO()
    small.save(out, "PNG")
    return out.getvalue()
