"""Pictures: made from a seed to be sent, and measured from the bytes that came back."""

from __future__ import annotations

import hashlib
import io
import random
import warnings
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from PIL import Image

Kind = Literal["png", "rgba", "large", "jpeg", "webp", "wide", "photo"]
GOOD: frozenset[Kind] = frozenset({"png", "rgba", "large"})

MAX_PIXELS = 50_000_000
_TILES = 8


@dataclass(frozen=True)
class Measured:
    """A picture's format in lower case, and its width and height in pixels."""

    format: str
    width: int
    height: int

    @property
    def size(self) -> str:
        """The size as the endpoint writes it, like `256x256`."""
        return f"{self.width}x{self.height}"


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


@lru_cache(maxsize=1024)
def measure(content: bytes) -> Measured | None:
    """Decode a picture and return its format and pixels, or None if it is not a picture.

    A picture of more than 50 million pixels is measured from its header and not decoded.
    """
    opened = open_safely(content)
    if opened is None:
        return None
    kind = (opened.format or "").lower()
    return Measured(kind, *opened.size)


def open_safely(content: bytes) -> Image.Image | None:
    """Decode a PNG, JPEG, WebP or GIF, or return None; never more than 50 million pixels."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            picture = Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP", "GIF"))
            if picture.width * picture.height <= MAX_PIXELS:
                picture.load()
        # Pillow's decoders raise exceptions of many types; each of them means "no picture".
        except Exception:  # noqa: BLE001 - see above
            return None
    return picture


def same_pixels(one: bytes, other: bytes) -> bool:
    """Return whether two files show the same pixels."""
    first, second = open_safely(one), open_safely(other)
    if first is None or second is None or first.size != second.size:
        return False
    return first.convert("RGBA").tobytes() == second.convert("RGBA").tobytes()
