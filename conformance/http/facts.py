"""What is kept of bytes that are not: the facts of a picture, and of an answer that was cut."""

from __future__ import annotations

from dataclasses import dataclass


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


@dataclass(frozen=True)
class PictureFacts:
    """A picture without its bytes.

    `head` is how it begins; `measured` is None for what is no picture. `pixels` is a digest of what it
    shows, `grey` a copy of 16 × 16 fields and `thumbnail` a small PNG; they are empty for a picture
    that was measured and not decoded.
    """

    sha256: str
    size_bytes: int
    head: bytes
    measured: Measured | None = None
    pixels: str = ""
    grey: bytes = b""
    thumbnail: bytes = b""


@dataclass(frozen=True)
class Cut:
    """A body of which only the beginning was kept, and why.

    `length` and `sha256` are those of the whole body, or of what was read of it. `pictures` is how many
    pictures it seemed to have, and `headers` says whether headers are missing, too. `leaks` are the marks
    of the secrets that it held, or None if it was too large to be searched.
    """

    length: int
    sha256: str
    why: str
    pictures: int = 0
    headers: bool = False
    leaks: tuple[str, ...] | None = None
