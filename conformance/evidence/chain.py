"""The chain of an evidence file: each row holds the digest of the row before it.

So a row that was changed, taken out, added or moved shows in the row behind it. A chain proves no
more than that: whoever rebuilds it from the changed row on makes a whole one, and only a signature
over the last digest tells.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# The key under which a row holds the digest; the first row has none before it.
PREVIOUS, FIRST = "previous", ""


def linked(previous: str, line: str) -> str:
    """Return a line, the JSON of an object, with the digest of the row before it."""
    rest = line[1:]
    return f'{{"{PREVIOUS}": "{previous}"{"" if rest == "}" else ", "}{rest}'


def unlinked(line: bytes) -> bytes:
    """Return a line as it was before it got the digest of the row before it."""
    start = len(f'{{"{PREVIOUS}": "')
    return b"{" + line[line.index(b'"', start) + 1 :].removeprefix(b", ")


def digest(line: bytes) -> str:
    """Return the digest of a line without its end: SHA-256, as lower-case hex."""
    return hashlib.sha256(line).hexdigest()


@dataclass
class Position:
    """How far a file was read: its rows so far, and the digest of the last one."""

    rows: int = 0
    last: str = FIRST

    def after(self, line: bytes) -> None:
        """Go on behind a line."""
        self.rows, self.last = self.rows + 1, digest(line)


def last_of(lines: Iterable[bytes]) -> Position:
    """Return where a file ends that has these whole lines."""
    at = Position()
    for line in lines:
        at.after(line)
    return at
