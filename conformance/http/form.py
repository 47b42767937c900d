"""A multipart form as a value, and its exact bytes.

The bytes are written here and not by a client library, because a conformance suite has to know
and to choose every one of them (RFC 7578, RFC 2046 §5.1).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from conformance.http.drawn import word

# Without capitals, hyphens and other signs, so that a reader which errs about those still reads the
# plain form, and is found by the forms that are about them.
BOUNDARY_BEGINS = "conformance"
BOUNDARY = f"{BOUNDARY_BEGINS}7ma4ywxktrzu0gw"


def boundary_of(seed: int) -> str:
    """Return the boundary of a run's plain forms: as long as `BOUNDARY`, and drawn from its seed."""
    return BOUNDARY_BEGINS + word(seed, "boundary", len(BOUNDARY) - len(BOUNDARY_BEGINS))


@dataclass(frozen=True)
class Part:
    """One part of a form: its name, its bytes and how its headers are written.

    `headers` replaces the written headers whole, for headers that no other field can express.
    """

    name: str
    content: bytes
    filename: str | None = None
    content_type: str | None = None
    headers: bytes | None = None

    def head(self) -> bytes:
        """Return the part's header lines, each ended with CRLF."""
        if self.headers is not None:
            return self.headers
        disposition = f'Content-Disposition: form-data; name="{_quoted(self.name)}"'
        if self.filename is not None:
            disposition += f'; filename="{_quoted(self.filename)}"'
        lines = [disposition]
        if self.content_type is not None:
            lines.append(f"Content-Type: {self.content_type}")
        return "".join(line + "\r\n" for line in lines).encode("utf-8", "surrogateescape")


@dataclass(frozen=True)
class Form:
    """The parts of a form in their order, and how the form is closed."""

    parts: tuple[Part, ...]
    boundary: str = BOUNDARY
    media_type: str = "multipart/form-data"
    quote_boundary: bool = False
    boundary_name: str = "boundary"
    closing: Literal["full", "no-final-crlf", "none"] = "full"
    preamble: bytes = b""
    epilogue: bytes = b""

    def encode(self) -> bytes:
        """Return the exact bytes of the body."""
        delimiter = b"--" + self.boundary.encode()
        chunks = [self.preamble]
        for part in self.parts:
            chunks += [delimiter, b"\r\n", part.head(), b"\r\n", part.content, b"\r\n"]
        if self.closing == "none":
            return b"".join(chunks)
        chunks += [delimiter, b"--"]
        if self.closing == "full":
            chunks.append(b"\r\n")
        return b"".join([*chunks, self.epilogue])

    def content_type(self) -> str:
        """Return the header value that belongs to these bytes."""
        boundary = f'"{self.boundary}"' if self.quote_boundary else self.boundary
        return f"{self.media_type}; {self.boundary_name}={boundary}"

    def without(self, name: str) -> Form:
        """Return the form without the parts of that name."""
        return replace(self, parts=tuple(p for p in self.parts if p.name != name))


def text(name: str, value: str | bytes, content_type: str | None = None) -> Part:
    """Return a text field; a str is sent in UTF-8, bytes as they are."""
    content = value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value
    return Part(name, content, content_type=content_type)


def _quoted(value: str) -> str:
    # HTML's rule for multipart/form-data, which RFC 7578 §4.2 leaves room for and browsers,
    # curl and the OpenAI clients follow: only these three are escaped.
    return value.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
