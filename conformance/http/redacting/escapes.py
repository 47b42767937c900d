r"""Undoes the escapes of a text, and leaves out its line ends, so that a search sees what a reader reads.

A secret may be written as `\u0073\u006b`, `%73%6b`, `&#115;&#107;`, or over several lines. What is
found in such a view is replaced in the text itself, so each view knows where its bytes came from.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from dataclasses import dataclass, field
from html.entities import html5
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    # Returns which bytes of a text a span of a view came from.
    Origin = Callable[[int, int], tuple[int, int]]

# A text that was escaped more often is no longer one that a reader reads.
MOST_TIMES = 4
# JSON (RFC 8259 §7) and the languages; percent (RFC 3986 §2.1); HTML. Rows of one kind are one match.
# All begin with one set of characters: so the search runs from one of them to the next.
ESCAPES = re.compile(
    rb"[\\%&](?:(?<=\\)(?:(?P<q>\\(?:\\\\)*)|"
    rb"(?P<u>u[0-9a-fA-F]{4}(?:\\u[0-9a-fA-F]{4})*)|(?P<x>x[0-9a-fA-F]{2}(?:\\x[0-9a-fA-F]{2})*)"
    rb"|u\{(?P<b>[0-9a-fA-F]{1,6})\}|U(?P<l>[0-9a-fA-F]{8})|(?P<o>[0-3][0-7]{2})"
    rb"|(?P<s>[^\w\s]|[nrtbfave0]))"
    rb"|(?<=%)(?P<p>[0-9a-fA-F]{2}(?:%[0-9a-fA-F]{2})*)"
    rb"|(?<=&)(?:#(?P<d>[0-9]{1,7});?|#[xX](?P<h>[0-9a-fA-F]{1,6});?|(?P<n>[A-Za-z]\w{1,31};)))"
)
SHORT = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"0": b"\0"}
# What stands between two characters and shows nothing: line ends with the white space that folds or
# indents what follows, tabs, NULs as UTF-16 has them, and characters without a width.
WIDTHLESS = rb"\xc2\xad|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]|\xef\xbb\xbf"
HIDDEN_BYTES = re.compile(WIDTHLESS)
BREAKS = re.compile(rb"(?:[\r\n\t\0]|" + WIDTHLESS + rb")(?:[ \r\n\t\0]|" + WIDTHLESS + rb")*")
BEGINNINGS = (b"\n", b"\r", b"\0", b"\t", b"\xc2\xad", b"\xe2\x80", b"\xe2\x81", b"\xef\xbb\xbf")
SOFT_HYPHEN = 0xAD
HIDDEN = frozenset(
    {SOFT_HYPHEN, *range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2070), 0xFEFF}
)


def has_any(content: bytes) -> bool:
    """Return whether there may be an escape in a text."""
    return b"\\" in content or b"%" in content or b"&" in content


def has_breaks(content: bytes) -> bool:
    """Return whether there is something in a text that may stand between two characters unseen."""
    return any(one in content for one in BEGINNINGS)


@dataclass(frozen=True)
class View:
    """A text as a reader reads it; `origin` says where a position of it is in the text itself."""

    content: bytes
    _at: array[int] = field(repr=False)
    _from: array[int] = field(repr=False)
    _stride: array[int] = field(repr=False)

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Return which bytes of the text a span of the view came from."""
        return self._position(start), self._position(end - 1, after=1)

    def _position(self, at: int, after: int = 0) -> int:
        row = bisect_right(self._at, at) - 1
        return self._from[row] + (at - self._at[row] + after) * self._stride[row]


class _Builder:
    """Collects the pieces of a view."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._length = 0
        self._at, self._from, self._stride = array("Q"), array("Q"), array("Q")

    def add(self, piece: bytes, origin: int, stride: int) -> None:
        """Add a piece whose bytes stand for `stride` bytes each, from `origin` on."""
        if piece:
            self._pieces.append(piece)
            self._at.append(self._length)
            self._from.append(origin)
            self._stride.append(stride)
            self._length += len(piece)

    def view(self) -> View:
        return View(b"".join(self._pieces), self._at, self._from, self._stride)


def stages(content: bytes) -> Iterator[tuple[bytes, Origin]]:
    """Yield a text as it is, and with its escapes undone once, twice and so on, while there are some."""

    def own(start: int, end: int) -> tuple[int, int]:
        return start, end

    origin: Origin = own
    yield content, origin
    for _ in range(_times(content)):
        undone = unescaped(content) if has_any(content) else None
        if undone is None or undone.content == content:
            return
        content, origin = undone.content, _through(undone, origin)
        yield content, origin


def views(content: bytes) -> Iterator[tuple[bytes, Origin]]:
    """Yield each way to read a text: its stages, and each of them without line ends."""
    for text, origin in stages(content):
        yield text, origin
        if has_breaks(text):
            joined = without_breaks(text)
            yield joined.content, _through(joined, origin)


def _through(view: View, before: Origin) -> Origin:
    return lambda start, end: before(*view.origin(start, end))


def unescaped(content: bytes) -> View:
    """Return a text with its escapes undone once; a character beyond U+00FF is one `?`."""
    built, last = _Builder(), 0
    for match in ESCAPES.finditer(content):
        built.add(content[last : match.start()], last, 1)
        text = _undone(match)
        built.add(text, match.start(), (match.end() - match.start()) // max(len(text), 1))
        last = match.end()
    built.add(content[last:], last, 1)
    return built.view()


def _times(content: bytes) -> int:
    """Return how often the escapes of bytes are undone.

    Bytes that are no text hold escapes by chance: with NULs, as in a picture, they are read as they are.
    """
    if content.isascii():
        return MOST_TIMES
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return 0 if b"\0" in content else 1
    return MOST_TIMES


def joined(content: bytes) -> bytes:
    """Return a text without all white space, and without what shows nothing: quicker than a view."""
    text = content.translate(None, b" \r\n\t\0")
    return HIDDEN_BYTES.sub(b"", text) if any(one in text for one in BEGINNINGS) else text


def without_breaks(content: bytes) -> View:
    """Return a text without line ends, the white space that follows them, and NULs."""
    built, last = _Builder(), 0
    for match in BREAKS.finditer(content):
        built.add(content[last : match.start()], last, 1)
        last = match.end()
    built.add(content[last:], last, 1)
    return built.view()


def _undone(match: re.Match[bytes]) -> bytes:
    kind, text = match.lastgroup, match[match.lastgroup or 0]
    if kind == "u":
        return _units(bytes.fromhex(text.translate(None, b"\\u").decode()))
    if kind in ("x", "p"):
        return bytes.fromhex(text.translate(None, b"\\x%").decode())
    if kind in ("d", "h", "b", "l", "o"):
        return bytes([_byte(int(text, {"d": 10, "o": 8}.get(kind, 16)))])
    if kind == "n":
        return html5.get(text.decode(), "?").encode("latin-1", "replace")[:1] or b"?"
    return b"\\" * ((len(text) + 1) // 2) if kind == "q" else SHORT.get(text, text)


def _units(content: bytes) -> bytes:
    """Return units of UTF-16 as a byte each."""
    high, low = content[::2], content[1::2]
    if not any(high) and SOFT_HYPHEN not in low:
        return low
    return bytes(_byte(h << 8 | c) for h, c in zip(high, low, strict=True))


def _byte(code: int) -> int:
    """Return a character as the one byte that stands for it in a view: 0 if it shows nothing."""
    if code in HIDDEN:
        return 0
    return code if code < 256 else 63  # noqa: PLR2004 - what one byte can hold
