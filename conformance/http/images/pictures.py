"""Pictures that are sent: made from a seed, so that each run can have its own."""

from __future__ import annotations

import hashlib
import io
import random
import zlib
from functools import lru_cache
from typing import Literal

from PIL import Image

Kind = Literal["png", "rgba", "large", "jpeg", "webp", "wide", "photo"]
GOOD: frozenset[Kind] = frozenset({"png", "rgba", "large"})

_TILES = 8


@lru_cache(maxsize=512)
def make(seed: str, kind: Kind = "png") -> bytes:
    """Return the bytes of a picture that is drawn from a seed.

    A `png` is a square of 256 pixels, 8-bit RGB and under 2 KB; `rgba` has an alpha channel, too;
    `large` has 512 pixels; `wide` is not square; `photo` is a square of 1024 pixels that does not
    compress, of about 3 MB.
    """
    if kind == "photo":
        side = 1024
        noise = random.Random(seed).randbytes(side * side * 3)  # noqa: S311 - a test picture
        return _encoded(Image.frombytes("RGB", (side, side), noise), "PNG", level=1)
    mode = "RGBA" if kind == "rgba" else "RGB"
    colours = hashlib.shake_256(seed.encode()).digest(_TILES * _TILES * len(mode))
    tiles = Image.frombytes(mode, (_TILES, _TILES), colours)
    size = {"wide": (320, 192), "large": (512, 512)}.get(kind, (256, 256))
    picture = tiles.resize(size, Image.Resampling.NEAREST)
    return _encoded(picture, {"jpeg": "JPEG", "webp": "WEBP"}.get(kind, "PNG"))


def marked(content: bytes, mark: str) -> bytes:
    """Return a picture with the same pixels and a comment in it; other files than PNG and JPEG stay."""
    text = hashlib.sha256(mark.encode()).hexdigest().encode()
    if content.startswith(b"\xff\xd8\xff"):
        return content[:2] + b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text + content[2:]
    head = 33  # the signature and IHDR, which comes first
    if not content.startswith(b"\x89PNG") or content[12:16] != b"IHDR":
        return content
    data = b"tEXtComment\0" + text
    crc = zlib.crc32(data).to_bytes(4, "big")
    chunk = (len(data) - 4).to_bytes(4, "big") + data + crc
    return content[:head] + chunk + content[head:]


def _encoded(picture: Image.Image, kind: str, level: int = 9) -> bytes:
    out = io.BytesIO()
    # Tiles are runs of one colour: RLE makes them as small, in a third of the time.
    more = {"compress_level": level, "compress_type": zlib.Z_RLE} if kind == "PNG" else {}
    picture.save(out, kind, **more)
    return out.getvalue()
