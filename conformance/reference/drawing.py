"""Opens an uploaded picture within limits, and draws variations of it."""

from __future__ import annotations

import hashlib
import io
import warnings
from functools import lru_cache
from typing import TYPE_CHECKING

from PIL import Image

from conformance.reference.values import Upload, refuse

if TYPE_CHECKING:
    from conformance.reference.values import Recipe

FORMATS = ("PNG", "JPEG", "WEBP")
MAX_PIXELS = 25_000_000
SEED = (64, 64)
_TURNS = (
    None,
    Image.Transpose.FLIP_LEFT_RIGHT,
    Image.Transpose.ROTATE_180,
    Image.Transpose.FLIP_TOP_BOTTOM,
    Image.Transpose.ROTATE_90,
    Image.Transpose.TRANSPOSE,
    Image.Transpose.ROTATE_270,
    Image.Transpose.TRANSVERSE,
)
MEDIA_TYPES = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}


@lru_cache(maxsize=256)
def open_upload(content: bytes) -> Upload:
    """Return the uploaded picture once it is decoded, or refuse it.

    Too many pixels are refused by the header, before a pixel is decoded. URLs in the picture are
    never fetched.
    """
    if not content:
        raise refuse("the image is empty", "image", code="empty_image")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=FORMATS)
        if picture.width * picture.height > MAX_PIXELS:
            raise refuse("the image has too many pixels", "image", code="image_too_large")
        # A whole decode, since a picture can be cut anywhere.
        picture.load()
        seed = picture.convert("RGB").resize(SEED, Image.Resampling.BOX).tobytes()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, EOFError):
        raise refuse(
            "the image is no PNG, JPEG or WebP picture", "image", code="invalid_image"
        ) from None
    return Upload(hashlib.sha256(content).hexdigest(), seed, content[-4096:])


@lru_cache(maxsize=256)
def draw(recipe: Recipe) -> bytes:
    """Return a variation of an upload as a file: turned, in other shades, in the pixels asked for.

    A few colours are enough to recognize the picture, and a palette makes drawing quick.
    """
    shade = bytes((value + 11 * (recipe.index + 1)) % 256 for value in range(256))
    seed = Image.frombytes("RGB", SEED, recipe.upload.seed.translate(shade))
    turn = _TURNS[recipe.index % len(_TURNS)]
    turned = seed if turn is None else seed.transpose(turn)
    out = io.BytesIO()
    if recipe.encoding == "png":
        few = turned.quantize(64, method=Image.Quantize.FASTOCTREE)
        few.resize(recipe.pixels, Image.Resampling.NEAREST).save(out, "PNG", compress_level=1)
    elif recipe.encoding == "jpeg":
        turned.resize(recipe.pixels, Image.Resampling.NEAREST).save(out, "JPEG", quality=60)
    else:
        turned.resize(recipe.pixels, Image.Resampling.NEAREST).save(
            out, "WEBP", quality=40, method=0
        )
    return out.getvalue()
