"""Takes secrets out of text, in every form in which a reader could read them.

A mark in the place of each names the secret and the form, so that a check still sees the leak. Text
without a secret costs one look at each of its words; no text costs more than linear time.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from conformance.http.redacting import derived, escapes
from conformance.http.redacting.derived import SHORTEST_FORM, Form
from conformance.http.redacting.runs import runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MARK = re.compile(r"«(whole|half|[a-z0-9-]+ of) credential:[^»]{0,200}»")
BEGINNING = "«".encode()
# Of any `SHORTEST_FORM` bytes in a row, eight are a word that begins at a multiple of four.
WORD = 8
STEP = 4
STEPS = (0, STEP)
# Base64 in base64, or of a text that has escapes, in texts of no more than so many bytes.
CODED = re.compile(rb"[A-Za-z0-9+/_-]{23,}")
# Base64 over several lines has long ones (RFC 2045 §6.8).
SPLIT = re.compile(rb"[A-Za-z0-9+/_-]{40}\s")
MOST_DECODED, DEEPEST = 65_536, 2
URLSAFE = bytes.maketrans(b"-_", b"+/")

# Where a leak begins and ends, and what stands in its place.
Span = tuple[int, int, bytes]


@dataclass(frozen=True)
class Leak:
    """A secret that stood in a text: the mark in its place, and what that says."""

    mark: str

    @property
    def name(self) -> str:
        """What the secret is called."""
        return self.mark.partition(" credential:")[2].rstrip("»")

    @property
    def is_digest(self) -> bool:
        """Whether it was not the secret itself that stood there, but a digest of it."""
        return self.mark[1:].partition(" credential:")[0] in derived.DIGESTS


def leaks_in(text: str | bytes) -> Iterator[Leak]:
    """Yield the secrets that were taken out of a text."""
    if isinstance(text, bytes):
        if BEGINNING not in text:
            return
        text = text.decode("utf-8", "replace")
    yield from (Leak(found.group()) for found in MARK.finditer(text))


@dataclass(frozen=True)
class Redactor:
    """The secrets of a run in all their forms, and the words of eight bytes that occur in them."""

    forms: tuple[Form, ...] = ()
    # In small letters, as numbers.
    _words: frozenset[int] = field(default=frozenset(), repr=False)
    # Forms that are too short to hold a word wherever they stand.
    _short: tuple[Form, ...] = ()

    @classmethod
    def of(cls, secrets: Iterable[tuple[str, str]]) -> Redactor:
        """Build a redactor from names and values; values under six characters are no secrets."""
        return cls().knowing(f for name, value in secrets for f in derived.forms(name, value))

    def knowing(self, forms: Iterable[Form]) -> Redactor:
        """Return a redactor that knows these forms, too; a text that it knows gets its last name."""
        new = tuple(forms)
        known = {f.text: f for f in (*self.forms, *new)}
        # A secret that holds another one is named whole, and a secret before what is made of one.
        ranked = tuple(sorted(known.values(), key=lambda f: (f.kind != "whole", -len(f.text))))
        short = tuple(f for f in ranked if f.least < SHORTEST_FORM)
        return Redactor(ranked, self._words.union(*(_words_in(f) for f in new)), short)

    def clean(self, content: bytes) -> bytes:
        """Return bytes with a mark in the place of every secret, and of every half of one.

        A half is a run of at least half of a form, and of at least twelve characters, five of them
        different. So the few characters at either end that a mask shows stay as they are.
        """
        if not self.suspects(content):
            return content
        spans: list[Span] = []
        for text, origin in escapes.views(content):
            found = [*self._spans(text), *self._coded(text, DEEPEST)]
            spans += [(*origin(start, end), mark) for start, end, mark in found]
        pieces, last = [], 0
        for start, end, mark in _merged(spans):
            pieces += [content[last:start], mark]
            last = end
        return b"".join([*pieces, content[last:]])

    def clean_text(self, text: str) -> str:
        """Return text with every secret replaced."""
        # JSON may hold lone surrogates, which UTF-8 alone cannot carry.
        content = text.encode("utf-8", "surrogatepass")
        cleaned = self.clean(content)
        return text if cleaned is content else cleaned.decode("utf-8", "surrogatepass")

    def suspects(self, content: bytes, deep: int = DEEPEST) -> bool:
        """Return whether there may be a secret in bytes: always true where there is one.

        `deep` is how often base64 may have been made of base64.
        """
        return any(
            self._may_hold(text)
            or any(self._coded(text, deep))
            or (escapes.has_breaks(text) and self._may_hold_over_breaks(text, deep))
            for text, _ in escapes.stages(content)
        )

    def _may_hold_over_breaks(self, content: bytes, deep: int) -> bool:
        if self._may_hold(escapes.joined(content)):
            return True
        if len(content) > MOST_DECODED or not SPLIT.search(content):
            return False
        return any(self._coded(escapes.without_breaks(content).content, deep))

    def _coded(self, content: bytes, deep: int) -> Iterator[Span]:
        """Yield where base64 stands in which, once it is decoded, there may be a secret."""
        if not deep or len(content) > MOST_DECODED or not self.forms:
            return
        for match in CODED.finditer(content):
            text = match[0].translate(URLSAFE)
            whole = text[: len(text) - (len(text) % 4 == 1)]
            decoded = binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))
            # What is no text holds a secret as it is, or not at all.
            holds = (
                self.suspects(decoded, deep - 1) if decoded.isascii() else self._may_hold(decoded)
            )
            if holds and (names := self._named(decoded)):
                yield (*match.span(), f"«base64 of credential:{names}»".encode())

    def _named(self, content: bytes) -> str:
        """Return what the first secret in bytes is called, or nothing."""
        return next((leak.name for leak in leaks_in(self.clean(content))), "")

    def _may_hold(self, content: bytes) -> bool:
        if any(form.text in content for form in self._short):
            return True
        folded = memoryview(content.lower())
        return not all(self._words.isdisjoint(_words_of(folded, start)) for start in STEPS)

    def _spans(self, content: bytes) -> list[Span]:
        """Return where secrets stand in bytes as they are: no two overlap."""
        folded = content.lower()
        met = self._words.intersection(_words_of(memoryview(folded), 0))
        met |= self._words.intersection(_words_of(memoryview(folded), STEP))
        forms = [f for f in self.forms if f in self._short or not met.isdisjoint(_words_in(f))]
        if not forms:
            return []
        left = {False: bytearray(content), True: bytearray(folded)}
        found: list[Span] = []

        def take(places: Iterator[tuple[int, int]], mark: bytes) -> None:
            for start, end in places:
                found.append((start, end, mark))
                for text in left.values():
                    text[start:end] = bytes(end - start)

        for form in forms:
            take(_whole(left[form.folds], form), form.mark)
        # Halves come second: two JWTs begin alike, so one may contain half of the other.
        # What is a piece of a changed one, too, is a piece of the secret that it was made from.
        for form in sorted(forms, key=lambda f: f.changed):
            if form.least < len(form.text):
                take(runs(left[form.folds], _searched(form), form.least), form.part)
        return found


def _searched(form: Form) -> bytes:
    return form.text.lower() if form.folds else form.text


def _whole(text: bytearray, form: Form) -> Iterator[tuple[int, int]]:
    searched = _searched(form)
    at = text.find(searched)
    while at >= 0:
        yield at, at + len(searched)
        at = text.find(searched, at + len(searched))


@lru_cache(maxsize=4096)
def _words_in(form: Form) -> frozenset[int]:
    """Return every word of eight bytes that a form holds, wherever it begins."""
    if form.least < SHORTEST_FORM:
        return frozenset()
    text = memoryview(form.text.lower())
    return frozenset().union(*(_words_of(text, start) for start in range(WORD)))


def _words_of(text: memoryview, start: int) -> memoryview:
    """Return the words of eight bytes that follow each other from a position on, as numbers."""
    words = max(len(text) - start, 0) // WORD
    return text[start : start + words * WORD].cast("Q")


def _merged(spans: list[Span]) -> list[Span]:
    """Return spans in their order, of which no two overlap; the longest of several names them."""
    merged: list[Span] = []
    longest = 0
    for start, end, mark in sorted(spans, key=lambda s: (s[0], -s[1])):
        if not merged or start >= merged[-1][1]:
            merged.append((start, end, mark))
            longest = end - start
            continue
        first, last, named = merged[-1]
        if end - start > longest:
            longest, named = end - start, mark
        merged[-1] = (first, max(last, end), named)
    return merged
