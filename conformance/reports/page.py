"""A page of a terminal: how wide it is, what it can show, and how texts are laid out on it."""

from __future__ import annotations

import re
import textwrap

from conformance.reports.text import visible
from conformance.result.model import Status, Verdict

COLORS = {
    Status.PASS: "32",
    Status.FAIL: "31",
    Status.ERROR: "35",
    Status.FLAKY: "35",
    Status.WARN: "33",
    Verdict.CONFORMANT: "1;32",
    Verdict.NONCONFORMANT: "1;31",
    Verdict.INCOMPLETE: "1;33",
    Verdict.PARTIAL: "1;36",
}
_ASCII: dict[str, str | int | None] = {
    **dict(zip("‘’“”–—…≤≥≈×→·✓✗‼○◐▼▽▲≠", "''\"\"--.<>~x>.+x!o/vu^~", strict=True)),
    "…": "...",
    "≤": "<=",
    "≥": ">=",
    "→": "->",
    "‼": "!!",
}
# A command in a sentence is never broken; no visible text holds the sign that keeps it together.
_QUOTED, _HELD = re.compile(r"`[^`]{1,70}`"), "\x00"


class Page:
    """How wide the terminal is and what it can show."""

    def __init__(self, width: int, *, color: bool, unicode: bool) -> None:
        self.width = width
        self.color = color
        self.unicode = unicode

    def paint(self, code: str, text: str) -> str:
        """Return the text in a color, given by its escape code, where there are colors."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and code else text

    def wrap(self, text: str, first: str, rest: str | None = None) -> list[str]:
        """Return the text in lines of at most the width, each with its indentation."""
        clean = visible(text.replace("\n", " "))
        clean = clean if self.unicode else to_ascii(clean)
        lines = textwrap.wrap(
            _QUOTED.sub(lambda found: found[0].replace(" ", _HELD), clean),
            self.width,
            initial_indent=first,
            subsequent_indent=first if rest is None else rest,
            break_on_hyphens=False,
        )
        return [line.replace(_HELD, " ") for line in lines] or [first.rstrip()]

    def whole(self, text: str, first: str) -> str:
        """Return a command in one line, however long it is, so that it can be copied."""
        clean = visible(text.replace("\n", " "))
        return first + (clean if self.unicode else to_ascii(clean))


def to_ascii(text: str) -> str:
    """Return the text without symbols beyond ASCII."""
    plain = text.translate(str.maketrans(_ASCII))
    return plain.encode("ascii", "backslashreplace").decode("ascii")
