"""Pictures that prove what they were made from, also after a gateway wrote them anew.

Each is a grid of 16 × 16 black and white fields that holds the call, the digest of the image that
arrived, and a checksum. The PNG holds the first two as text, too. The fields survive another
format, another size and loss of detail.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from conformance.http import payload
from conformance.http.images import looking

if TYPE_CHECKING:
    from conformance.http.exchange import Exchange
    from conformance.http.images.looking import Shown

SIDE = looking.GREY_SIDE
# No answer has more pictures, and each is decoded.
MOST_PROOFS = 10
ID_BYTES, DIGEST_BYTES, CHECK_BYTES = 12, 12, 7
BRIGHT = 128
# Ancillary, private, safe to copy: what the four cases of the letters say (PNG §5.4).
PADDING = b"paDd"


@dataclass(frozen=True)
class Proof:
    """What a picture proves: the call that made it, the digest of the image, and its index."""

    call: str
    made_from: str
    index: int

    def is_of(self, sha256: str) -> bool:
        """Whether the picture was made from the image with this digest."""
        return sha256.startswith(self.made_from)


def draw(proof: Proof, pixels: tuple[int, int], padding: int = 0) -> bytes:
    """Return the picture as a PNG of these pixels.

    `padding` is how many bytes that do not compress are added, as a photograph has them: in a private
    chunk that readers skip (PNG §14.2), since real pixels of that size would take seconds to write.
    """
    grid = Image.frombytes("1", (SIDE, SIDE), _packed(proof))
    about = PngInfo()
    about.add_text("conformance-made-from", proof.made_from)
    about.add_text("conformance-call", proof.call)
    if padding:
        about.add(PADDING, hashlib.shake_256(_packed(proof)).digest(padding))
    out = io.BytesIO()
    grid.resize(pixels, Image.Resampling.NEAREST).save(out, "PNG", pnginfo=about, compress_level=1)
    return out.getvalue()


def read(shown: Shown) -> Proof | None:
    """Return what a picture proves, or None if `draw` did not make it or it cannot be read."""
    grid = looking.grey(shown)
    if not grid:
        return None
    bits = "".join("1" if value >= BRIGHT else "0" for value in grid)
    packed = int(bits, 2).to_bytes(SIDE * SIDE // 8, "big")
    told, check = packed[:-CHECK_BYTES], packed[-CHECK_BYTES:]
    if check != _check(told):
        return None
    digest = told[ID_BYTES : ID_BYTES + DIGEST_BYTES]
    return Proof(told[:ID_BYTES].hex(), digest.hex(), told[-1])


def proofs(exchange: Exchange) -> list[Proof]:
    """Return what each picture of an answer proves."""
    found = (read(c.content) for c in payload.contents(exchange)[:MOST_PROOFS])
    return [one for one in found if one is not None]


def _packed(proof: Proof) -> bytes:
    digest = bytes.fromhex(proof.made_from)[:DIGEST_BYTES]
    told = bytes.fromhex(proof.call) + digest + bytes([proof.index])
    return told + _check(told)


def _check(told: bytes) -> bytes:
    return hashlib.sha256(told).digest()[:CHECK_BYTES]
