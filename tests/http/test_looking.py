"""Pictures that a gateway chose: looked at with bounded work, and told alike from bytes and from facts."""

from __future__ import annotations

import io
import random
import struct
import time
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from conformance.http.facts import Measured
from conformance.http.images import looking, picture_headers, pictures

if TYPE_CHECKING:
    from collections.abc import Callable

# Generous: each of these took minutes, or hours, without its bound.
SECONDS = 5.0


def drawn(kind: str, size: tuple[int, int] = (70, 50), mode: str = "RGB", **how: Any) -> bytes:
    noise = random.Random(1).randbytes(size[0] * size[1] * len(mode))
    out = io.BytesIO()
    Image.frombytes(mode, size, noise).save(out, kind, **how)
    return out.getvalue()


def chunk(kind: bytes, content: bytes = b"") -> bytes:
    crc = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", crc)


PNG = drawn("PNG")
IHDR_END = 33
EACH = {
    "png": PNG,
    "jpeg": drawn("JPEG"),
    "progressive": drawn("JPEG", progressive=True),
    "lossy webp": drawn("WEBP"),
    "lossless webp": drawn("WEBP", lossless=True),
    "webp with alpha": drawn("WEBP", mode="RGBA"),
    "gif": drawn("GIF"),
}


@pytest.mark.parametrize("name", EACH)
def test_a_header_tells_what_the_decoder_does(name: str) -> None:
    with Image.open(io.BytesIO(EACH[name])) as picture:
        told = Measured((picture.format or "").lower(), picture.width, picture.height)
    assert picture_headers.read(EACH[name]) == told == looking.measure(EACH[name])


@pytest.mark.parametrize(
    "content", [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8", b"GIF89a", b"RIFF1234WEBP", b"text"]
)
def test_what_is_no_picture_has_no_header(content: bytes) -> None:
    assert picture_headers.read(content) is None
    assert looking.measure(content) is None


@pytest.mark.parametrize("name", EACH)
def test_facts_tell_what_the_bytes_do(name: str) -> None:
    content = EACH[name]
    facts = looking.facts_of(content)
    told: tuple[Callable[[looking.Shown], object], ...] = (
        *(looking.measured, looking.digest, looking.size_of, looking.head),
        *(looking.pixels, looking.grey, looking.thumbnail),
    )
    for tell in told:
        assert tell(facts) == tell(content)
        assert tell(facts)


def test_the_same_pixels_have_the_same_digest_in_another_file() -> None:
    own = pictures.make("x")
    assert looking.pixels(own) == looking.pixels(pictures.marked(own, "y")) != ""
    assert looking.pixels(own) != looking.pixels(pictures.make("y"))


def test_a_cut_picture_is_none() -> None:
    assert looking.measure(PNG[: len(PNG) // 2]) is None
    assert looking.facts_of(PNG[: len(PNG) // 2]).measured is None


def of_many_chunks() -> bytes:
    return PNG[:IHDR_END] + chunk(b"paDd") * 700_000 + PNG[IHDR_END:]


def of_many_chunks_of_pixels() -> bytes:
    at = PNG.index(b"IDAT") - 4
    return PNG[:at] + chunk(b"IDAT") * 700_000 + PNG[at:]


def of_fill_bytes() -> bytes:
    jpeg = EACH["jpeg"]
    return jpeg[:2] + b"\xff" * 8_000_000 + jpeg[2:]


def of_many_segments() -> bytes:
    jpeg = EACH["jpeg"]
    return jpeg[:2] + b"\xff\xe5\x00\x02" * 2_000_000 + jpeg[2:]


def of_many_passes() -> bytes:
    jpeg = drawn("JPEG", (2000, 2000), progressive=True)
    at = jpeg.rindex(b"\xff\xda")
    return jpeg[:at] + jpeg[at:-2] * 200 + jpeg[-2:]


def of_a_long_comment() -> bytes:
    gif = EACH["gif"]
    colours = 3 * 2 ** ((gif[10] & 7) + 1)
    comment = b"\x21\xfe" + (b"\xff" + b"c" * 255) * 40_000 + b"\x00"
    return gif[: 13 + colours] + comment + gif[13 + colours :]


def of_many_pixels() -> bytes:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    "made",
    [
        of_many_chunks, of_many_chunks_of_pixels, of_fill_bytes, of_many_segments, of_many_passes,
        of_a_long_comment, of_many_pixels,
    ],
)  # fmt: skip
def test_a_picture_that_is_made_to_take_long_takes_a_moment(made: Callable[[], bytes]) -> None:
    content = made()
    started = time.process_time()
    found = looking.facts_of(content)
    assert time.process_time() - started < SECONDS
    # What is not decoded is no worse a picture for that, as far as its header can be found.
    if made is not of_many_segments:
        assert found.measured is not None
    assert looking.measure(content) == found.measured
