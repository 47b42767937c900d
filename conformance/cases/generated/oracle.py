"""The wire oracle: reads the bytes that go out, and says what the contract says of that form.

It does not know how a form was made: a case that was meant to be wrong may be right on the wire.
In doubt, a form is open: a gateway may accept or refuse it, but must not break.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import multipart  # type: ignore[import-untyped]  # it ships without types
from PIL import Image

from conformance.cases.generated.fields import OPEN, READERS, Finding, accepted, either, refused
from conformance.http.images import looking

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from conformance.http.request import Expected

LARGEST = 4_000_000
SIDES = range(256, 1025)
IMAGE_TYPES = ("image/png", "application/octet-stream")
_FIELDS = {"image": "IMAGE-1", "image[]": "IMAGE-2"}
IMAGE_NAMES = tuple(_FIELDS)
TEXT_PICTURES = (b"<", b"P", b"/*", b"#", b"%!", b"!")


@dataclass(frozen=True)
class Segment:
    """One part as it is on the wire."""

    name: str
    content: bytes
    filename: str | None
    content_type: str | None


@dataclass(frozen=True)
class Reading:
    """What the contract says of a form, field by field, in the order of the contract."""

    findings: tuple[tuple[str, Finding], ...]

    @property
    def expected(self) -> Expected:
        """What a gateway must do: accept it, refuse it, or answer in either way."""
        found = {finding.expected for _, finding in self.findings}
        if "refused" in found:
            return "refused"
        return "either" if "either" in found else "accepted"

    @property
    def broken(self) -> tuple[str, ...]:
        """The requirements that demand a refusal."""
        return self._ids("refused")

    @property
    def doubtful(self) -> tuple[str, ...]:
        """The requirements that only demand an answer."""
        return self._ids("either")

    @property
    def satisfied(self) -> tuple[str, ...]:
        """The requirements that demand acceptance."""
        return self._ids("accepted")

    @property
    def charged(self) -> tuple[str, ...]:
        """The requirements that a gateway breaks if it treats this form wrongly."""
        return {"refused": self.broken, "either": self.doubtful, "accepted": self.satisfied}[
            self.expected
        ]

    def at(self, requirement: str) -> str:
        """Return the field that a requirement was found for, or an empty text."""
        return next((name for name, f in self.findings if f.requirement == requirement), "")

    def _ids(self, expected: Expected) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys(f.requirement for _, f in self.findings if f.expected == expected)
        )


def read(
    body: bytes, boundary: str, *, models: Container[str], good: Container[bytes] = ()
) -> Reading:
    """Return what the contract says of a multipart body.

    Args:
        body: the bytes.
        boundary: what separates their parts.
        models: the models that are known to serve.
        good: pictures that are known to be good, whatever they are.
    """
    try:
        segments = list(_segments(body, boundary))
    except multipart.MultipartError:
        return Reading((("", either("ROBUST-1")),))
    found = [("image", _picture(segments, good))]
    found += [(name, f) for name in READERS if (f := _text(name, segments, models)) is not None]
    known = {*READERS, *IMAGE_NAMES}
    unknown = [s.name for s in segments if s.name not in known]
    found += [(name, either("ROBUST-1")) for name in unknown]
    # The picture's finding comes last: every form has one.
    return Reading((*found[1:], found[0]))


def _segments(body: bytes, boundary: str) -> Iterator[Segment]:
    parser = multipart.PushMultipartParser(boundary, content_length=len(body), strict=True)
    with parser:
        current, content = None, bytearray()
        for event in parser.parse(body):
            if isinstance(event, multipart.MultipartSegment):
                current, content = event, bytearray()
            elif event is not None:
                content += event
            elif current is not None:
                kind = {k.lower(): v for k, v in current.headerlist}.get("content-type")
                yield Segment(current.name, bytes(content), current.filename, kind)


def _text(name: str, segments: list[Segment], models: Container[str]) -> Finding | None:
    named = [s for s in segments if s.name == name]
    if not named:
        return refused("MODEL-1") if name == "model" else None
    if len(named) > 1:
        return either("ROBUST-1")
    (segment,) = named
    try:
        value = segment.content.decode()
    except UnicodeDecodeError:
        return either(OPEN[name])
    if segment.filename is not None or segment.content_type is not None:
        return either(OPEN[name])
    if name == "model" and value in models:
        return accepted("IMAGE-1")
    return READERS[name](value)


def _picture(segments: list[Segment], good: Container[bytes]) -> Finding:
    named = [s for s in segments if s.name in IMAGE_NAMES]
    if len(named) == 1:
        return _one_picture(named[0], good)
    if not named:
        others = [s for s in segments if s.filename is not None and s.name not in READERS]
        if not others:
            return refused("IMAGE-4")
        # Frameworks read `image[0]` as an array, and some trim or fold a name.
        near = any(re.sub("[^a-z]", "", s.name.casefold()) == "image" for s in others)
        return either("IMAGE-11") if near else refused("IMAGE-5")
    return either("IMAGE-11")


def _one_picture(segment: Segment, good: Container[bytes]) -> Finding:
    as_file = bool(segment.filename)
    typed = segment.content_type in (None, *IMAGE_TYPES)
    if segment.content in good and as_file:
        return accepted(_FIELDS[segment.name])
    if segment.content == b"":
        return refused("IMAGE-7") if as_file else either("IMAGE-11")
    if _is_plain_text(segment.content):
        bare = segment.filename is None and segment.content_type is None
        broken = "IMAGE-6" if bare else "IMAGE-8"
        return refused(broken) if bare or as_file else either("IMAGE-11")
    if as_file and typed and _is_good(segment.content):
        return accepted(_FIELDS[segment.name])
    return either("IMAGE-11")


def _is_plain_text(content: bytes) -> bool:
    """Return whether no gateway can take it for a picture: ASCII, no markup, no format's letters."""
    printable = content.isascii() and content.decode().isprintable()
    return printable and not content.startswith(TEXT_PICTURES) and b"<" not in content


@lru_cache(maxsize=256)
def _is_good(content: bytes) -> bool:
    """Return whether the contract's notes call it a good picture: a square PNG of usual size."""
    if len(content) > LARGEST:
        return False
    picture = looking.open_safely(content)
    if not isinstance(picture, Image.Image) or picture.format != "PNG":
        return False
    square = picture.width == picture.height and picture.width in SIDES
    eight_bits = content[24:25] == b"\x08"  # the bit depth in the header (PNG §11.2.1)
    return square and eight_bits and picture.mode in ("RGB", "RGBA")
