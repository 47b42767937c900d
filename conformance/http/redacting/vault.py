"""The one door for text: what leaves the process passes `Vault.clean`, and so does what arrives.

A vault knows every secret of a run. It grows as the run learns more: the changed credentials that
it sends, and the key that the gateway presents to its provider. Values of any shape go through:
texts, bytes, and the dataclasses, tuples and dictionaries that hold them.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import hmac
import threading
import time
from typing import TYPE_CHECKING, Any, TypeVar

from conformance.http.redacting import derived
from conformance.http.redacting.redaction import Redactor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conformance.http.redacting.derived import Form

Value = TypeVar("Value")
# What no secret holds, and no view of a text leaves out.
BETWEEN = b" \x1f "
BEGINNING = 32
# So many texts of at most this length are known to be clean, or as what they end.
LONGEST_KNOWN, MOST_KNOWN = 300, 10_000


class Vault:
    """The secrets that a run knows, for all of its threads; its `repr` shows none."""

    def __init__(
        self, secrets: Iterable[tuple[str, str]] = (), now: Callable[[], float] = time.time
    ) -> None:
        """Begin with names and values; those under six characters are no secrets.

        `now` is the clock of `learnt_at`, the time since when it knows all that it knows: what was
        cleaned before is cleaned again before it is judged or kept.
        """
        self._lock = threading.Lock()
        self._now = now
        self.learnt_at = 0.0
        self._names: dict[str, str] = {}
        # The values that somebody gave, and no request was changed to.
        self._given: set[str] = set()
        self.redactor = Redactor()
        self._cleaner = _Cleaner(self.redactor)
        for name, value in secrets:
            self.learn(name, value)

    def __repr__(self) -> str:
        return f"Vault({sorted(set(self._names.values()))})"

    def learn(self, name: str, value: str) -> None:
        """Know one more secret from now on; one that is known keeps its name."""
        if value not in self._names:
            self._add(value, name, derived.forms(name, value))
            self.learnt_at = self._now()
            self._given.add(value)

    def learn_changed(self, name: str, value: str, made_from: str) -> None:
        """Know what a secret was changed to before it was sent; no earlier answer can hold it."""
        if value not in self._names:
            self._add(value, name, derived.forms(name, value, hashed=False, made_from=made_from))

    def _add(self, value: str, name: str, forms: tuple[Form, ...]) -> None:
        with self._lock:
            if value not in self._names:
                self._names[value] = name
                self.redactor = self.redactor.knowing(forms)

    def name_of(self, value: str) -> str:
        """Return what a secret is called, or nothing for a value that is none."""
        return self._names.get(value, "")

    def commitments(self, key: bytes) -> dict[str, list[str]]:
        """Return what commits to each secret without telling it, by its name: HMAC-SHA256 (RFC 2104).

        Whoever is given the key and the secrets later can tell that they are those of this run. Without
        the key nobody can try out secrets.
        """
        found: dict[str, list[str]] = {}
        with self._lock:
            given = sorted((self._names[value], value) for value in self._given)
        for name, value in given:
            found.setdefault(name, []).append(commitment(key, name, value))
        return found

    def clean(self, value: Value) -> Value:
        """Return a value with a mark in the place of every secret in it; the same one if it has none."""
        redactor = self.redactor
        if not value or not any(map(redactor.suspects, _together(_texts(value)))):
            return value
        cleaner = self._cleaner
        if (
            cleaner.redactor is not redactor
        ):  # a secret was learnt: what was clean may be so no more
            cleaner = self._cleaner = _Cleaner(redactor)
        found: Value = cleaner.of(value)
        return found


def commitment(key: bytes, name: str, value: str) -> str:
    """Return what commits to a secret of a name, as hex."""
    told = f"{name}\0{value}".encode("utf-8", "surrogatepass")
    return hmac.new(key, told, hashlib.sha256).hexdigest()


def _together(texts: list[bytes]) -> list[bytes]:
    """Return all texts as one, and beside it those bytes that are none, such as a picture."""
    others = [text for text in texts if b"\0" in text[:BEGINNING]]
    if not others:
        return [BETWEEN.join(texts)]
    return [BETWEEN.join(t for t in texts if b"\0" not in t[:BEGINNING]), *others]


def _texts(value: Any) -> list[bytes]:
    """Return every text of a value, and its bytes."""
    found, left = [], [value]
    while left:
        one = left.pop()
        kind: Any = type(one)
        if kind is str:
            found.append(one.encode("utf-8", "surrogatepass"))
        elif kind is bytes:
            found.append(one)
        elif kind in (tuple, list):
            left += one
        elif kind is dict:
            left += (*one, *one.values())
        else:
            left += [getattr(one, name) for name in _fields(kind)]
    return found


@functools.cache
def _fields(kind: Any) -> tuple[str, ...]:
    """Return the names of a dataclass's fields that it is made from; none of another type."""
    if not dataclasses.is_dataclass(kind):
        return ()
    return tuple(f.name for f in dataclasses.fields(kind) if f.init)


class _Cleaner:
    """Cleans values with one redactor, and each short text once: keys and headers come again and again."""

    def __init__(self, redactor: Redactor) -> None:
        self.redactor = redactor
        self._known: dict[str, str] = {}

    def of(self, value: Any) -> Any:
        """Return a value without secrets; the same one if it has none."""
        kind: Any = type(value)
        if kind is bytes:
            return self.redactor.clean(value)
        if kind is str:
            return self._text(value)
        if kind in (tuple, list):
            items = [self.of(item) for item in value]
            same = all(new is old for new, old in zip(items, value, strict=True))
            return value if same else kind(items)
        if kind is dict:
            return {self.of(k): self.of(v) for k, v in value.items()}
        if _fields(kind):
            old = {name: getattr(value, name) for name in _fields(kind)}
            new = {name: self.of(item) for name, item in old.items()}
            changed = {name: item for name, item in new.items() if item is not old[name]}
            return dataclasses.replace(value, **changed) if changed else value
        return value

    def _text(self, text: str) -> str:
        if len(text) > LONGEST_KNOWN:
            return self.redactor.clean_text(text)
        # The threads of a run share it, and one of them may empty it at any time.
        known = self._known.get(text)
        if known is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            known = self._known[text] = self.redactor.clean_text(text)
        return text if known == text else known
