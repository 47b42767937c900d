"""Takes credentials out of everything that came back, by value, before any other part reads it.

A mark in the place of each names the credential, so that a check still sees the leak.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SHORTEST_SECRET = 6
SHORTEST_HALF = 12
# A half with fewer different characters, such as a row of zeros, occurs in answers by chance.
FEWEST_DIFFERENT = 5
MARK = re.compile(r"«(whole|half) credential:[^»]{0,200}»")


@dataclass(frozen=True)
class Redactor:
    """The secrets of a run: name and value of each."""

    secrets: tuple[tuple[str, str], ...] = field(repr=False)

    @classmethod
    def of(cls, secrets: Iterable[tuple[str, str]]) -> Redactor:
        """Build a redactor; values under six characters are no secrets and are left alone."""
        known = {value: name for name, value in secrets if len(value) >= SHORTEST_SECRET}
        longest_first = sorted(known.items(), key=lambda item: -len(item[0]))
        return cls(tuple((name, value) for value, name in longest_first))

    def clean(self, content: bytes) -> bytes:
        """Return bytes with every credential, and every half of one, replaced by a mark.

        A half is a run of at least half of a credential's characters, and of at least twelve, five of
        them different. So the few characters at either end that a mask shows stay as they are.
        """
        for name, value in self.secrets:
            content = content.replace(value.encode(), f"«whole credential:{name}»".encode())
        # Halves come second: two JWTs begin alike, so one may contain half of the other.
        for name, value in self.secrets:
            secret = value.encode()
            half = max(-(-len(secret) // 2), SHORTEST_HALF)
            if half < len(secret):
                content = _without_halves(content, secret, half, name)
        return content

    def clean_text(self, text: str) -> str:
        """Return text with every credential replaced."""
        # JSON may hold lone surrogates, which UTF-8 alone cannot carry.
        return self.clean(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")

    def clean_pairs(self, pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Return names and values, such as headers, with every credential replaced."""
        known = tuple(pairs)
        together = "\n".join(f"{name}\n{value}" for name, value in known)
        if self.clean_text(together) == together:
            return known
        return tuple((self.clean_text(name), self.clean_text(value)) for name, value in known)


def _without_halves(content: bytes, secret: bytes, half: int, name: str) -> bytes:
    # Every run of `half` bytes holds a whole block of half that length, so looking for the
    # blocks finds every run without trying each position.
    block = half // 2
    for start in range(0, len(secret) - block + 1, block):
        needle = secret[start : start + block]
        at = content.find(needle)
        while at >= 0:
            first, last = at, at + block
            left, right = start, start + block
            while first > 0 and left > 0 and content[first - 1] == secret[left - 1]:
                first, left = first - 1, left - 1
            while last < len(content) and right < len(secret) and content[last] == secret[right]:
                last, right = last + 1, right + 1
            beyond = at + 1
            if last - first >= half and len({*content[first:last]}) >= FEWEST_DIFFERENT:
                mark = f"«half credential:{name}»".encode()
                content = content[:first] + mark + content[last:]
                beyond = first + len(mark)
            at = content.find(needle, beyond)
    return content
