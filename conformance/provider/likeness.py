"""Compares what pictures show, to recognize one that a gateway transcoded or scaled."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from conformance.http.images.looking import open_safely

MOST_PIXELS = 25_000_000
# The mean difference of two 8 x 8 copies, in steps of 256. Up to ALIKE, one picture is a lossy copy
# of the other; from UNLIKE on, they are certainly two pictures.
ALIKE, UNLIKE = 12.0, 24.0
# What was seen, by the digest: the files themselves may have megabytes.
MOST_KNOWN = 1_024
_known: dict[bytes, Look] = {}


@dataclass(frozen=True)
class Look:
    """What a picture shows: its format, its pixels' digest, and an 8 × 8 copy; empty if it is no picture."""

    format: str = ""
    size: tuple[int, int] = (0, 0)
    pixels: str = ""
    small: bytes = b""


@lru_cache(maxsize=1024)
def look(content: bytes) -> Look:
    """Return what a file of the run's own shows; it stays in memory, as the plan's pictures do."""
    return glance(content)


def glance(content: bytes) -> Look:
    """Return what a file shows that a gateway sent: it may have megabytes, and is not kept."""
    digest = hashlib.sha256(content).digest()
    if digest not in _known:
        while len(_known) >= MOST_KNOWN:
            _known.pop(next(iter(_known)), None)
        _known[digest] = _look(content)
    return _known[digest]


def _look(content: bytes) -> Look:
    picture = open_safely(content)
    if picture is None or picture.width * picture.height > MOST_PIXELS:
        return Look()
    plain = picture.convert("RGB")
    shape = f"{plain.width}x{plain.height}|".encode()
    digest = hashlib.sha256(shape + plain.tobytes()).hexdigest()
    return Look((picture.format or "").lower(), plain.size, digest, plain.resize((8, 8)).tobytes())


def distance(one: bytes, other: bytes) -> float:
    """Return the mean difference of two 8 x 8 copies, in steps of 256."""
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one)
