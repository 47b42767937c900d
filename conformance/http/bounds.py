"""How much of a run's answers is kept: whole answers while they are of a size that tells something.

- An answer is read up to a bound and, while others are read, within a common one. Beyond it, only its
  digest is computed as it goes by.
- Its large pictures become facts (`http.images.condensing`), so that no honest gateway comes near a bound.
- What is left has a cost: the memory that it takes as bytes, as text, and as JSON. A run can pay so much
  for small answers, and so much for large ones, so that one answer of megabytes takes nothing away from
  the others. JSON of very many values is not read at all: a few megabytes of it take hundreds.
- What cannot be paid is cut: its beginning, its length and its digest are kept, and status and
  headers are judged as ever. A check that reads more of it ends untestable (`judging.partial`): it is
  neither passed nor failed by what nobody has. The evidence says so, and `--resume` sends it again.
"""

from __future__ import annotations

import hashlib
import re
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from conformance.http.facts import Cut

if TYPE_CHECKING:
    from conformance.http.exchange import Reply

# The largest answer that the documentation allows: ten pictures, of 3.6 MB and so 4.8 MB of base64 each.
MOST_WHOLE = 48_000_000
MOST_READ_AT_ONCE = 64_000_000
# What costs no more is free: a run has so many requests and no more. A retry must not use up anything.
FREE = 24_000
# A run's cost for answers that cost up to 1 MB each, and for those that cost more.
SMALL = 1_000_000
MOST_FOR_SMALL, MOST_FOR_LARGE = 32_000_000, 64_000_000
MOST_VALUES = 20_000
# A refusal may quote what was sent, and the suite sends values of a million characters.
MOST_WITHOUT_PICTURES = 4_000_000
HEAD_BYTES = 2_000
WITHOUT_PICTURES = "an answer without pictures of such a size is not searched"
SPENT = "the run had kept as many bytes of answers as it may"
# Bytes, text and JSON of a body; one character beyond Latin-1 makes four bytes of each in a text.
COPIES, WIDE_COPIES = 3, 9
# What an object, an array and a further value take in memory.
OBJECT, ARRAY, VALUE = 240, 90, 100
# Fewer need no closer look.
FEW_VALUES, MANY_VALUES = 2_000, 200_000
MOST_HEADERS, MOST_HEADER_BYTES = 200, 32_000
# What the suite itself reads is kept, wherever it stands.
READ_HEADERS = frozenset(
    {"content-type", "content-encoding", "content-length", "transfer-encoding", "connection"}
    | {"location", "retry-after", "retry-after-ms", "ratelimit", "ratelimit-policy", "allow"}
    | {"x-ratelimit-reset-requests", "x-ratelimit-reset", "x-rate-limit-reset", "ratelimit-reset"}
    | {"server", "www-authenticate", "accept", "date", "via"}
)
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
Pairs = tuple[tuple[str, str], ...]


class Allowance:
    """What one run may still keep; several threads take from it."""

    def __init__(
        self,
        small: int = MOST_FOR_SMALL,
        large: int = MOST_FOR_LARGE,
        at_once: int = MOST_READ_AT_ONCE,
        whole: int = MOST_WHOLE,
    ) -> None:
        self.whole = whole
        self._small, self._large, self._at_once = small, large, at_once
        self._lock = threading.Lock()

    def has(self, cost: int) -> bool:
        """Return whether an answer of this cost could be kept whole."""
        return cost <= FREE or cost <= (self._small if cost <= SMALL else self._large)

    def pay(self, cost: int) -> bool:
        """Take the cost of an answer that is kept whole, or return False if too little is left."""
        with self._lock:
            if not self.has(cost):
                return False
            self._change(-cost)
            return True

    def _change(self, cost: int) -> None:
        if FREE < abs(cost) <= SMALL:
            self._small += cost
        elif abs(cost) > SMALL:
            self._large += cost

    def forget(self, reply: Reply | None) -> None:
        """Give back the cost of an answer that is not kept any more."""
        if reply is None or reply.cut is not None:
            return
        cost = cost_of(reply)
        with self._lock:
            self._change(cost)

    def reading(self) -> Share:
        """Return a share of what is read at once, as a context: it is given back at its end."""
        return Share(self)

    def draw(self, size: int) -> bool:
        """Take bytes that are read now; below 0 they are given back."""
        with self._lock:
            if size > self._at_once:
                return False
            self._at_once -= size
            return True


class Share:
    """What one answer takes of the bytes that a run reads at once."""

    def __init__(self, allowance: Allowance) -> None:
        self._allowance, self._taken = allowance, 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def take(self, size: int) -> bool:
        """Take so many bytes more, or return False if the answer or the run has too many."""
        if self._taken + size > self._allowance.whole or not self._allowance.draw(size):
            return False
        self._taken += size
        return True

    def release(self) -> None:
        """Give everything back."""
        self._allowance.draw(-self._taken)
        self._taken = 0


def cost_of(reply: Reply) -> int:
    """Return about how much memory an answer takes once its text and its JSON are read, in bytes."""
    body = reply.body
    objects, arrays, values = _structure(body)
    parsed = OBJECT * objects + ARRAY * arrays + VALUE * values
    facts = sum(1_000 + len(p.thumbnail) for p in reply.pictures)
    headers = sum(150 + len(name) + len(value) for name, value in reply.headers)
    return len(body) * (COPIES if body.isascii() else WIDE_COPIES) + parsed + facts + headers


def values_of(body: bytes) -> int:
    """Return about how many values a body has if it is JSON, and at least as many as it has."""
    return sum(_structure(body))


def _has_items(reply: Reply) -> bool:
    data = reply.object.get("data")
    return isinstance(data, list) and bool(data)


def _structure(body: bytes) -> tuple[int, int, int]:
    if not body[:100].lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return 0, 0, 0
    found = _count(body)
    # To look closer takes memory for each text: where there are very many, that would be too much.
    if sum(found) <= FEW_VALUES or sum(found) + body.count(b'"') > MANY_VALUES:
        return found
    return _count(_STRING.sub(b"", body))


def _count(text: bytes) -> tuple[int, int, int]:
    return text.count(b"{"), text.count(b"["), text.count(b",")


def fitted(reply: Reply, allowance: Allowance) -> Reply:
    """Return an answer whole if the run can pay for it, and else cut."""
    if reply.cut is not None:
        return reply
    why = _too_much(reply, allowance)
    return cut(reply, why) if why else reply


def _too_much(reply: Reply, allowance: Allowance) -> str:
    """Return why an answer is not kept whole, or nothing: then it is paid for. What is quick is asked first."""
    if not allowance.has(COPIES * len(reply.body)):
        return SPENT
    is_large = len(reply.body) > MOST_WITHOUT_PICTURES
    if is_large and not reply.ok:
        return WITHOUT_PICTURES
    if (many := values_of(reply.body)) > MOST_VALUES:
        return f"it has about {many:,} values, more than the suite reads"
    if is_large and not _has_items(reply):
        return WITHOUT_PICTURES
    return "" if allowance.pay(cost_of(reply)) else SPENT


def cut(reply: Reply, why: str, *, headers: bool = False) -> Reply:
    """Return an answer of which only the beginning is kept; `headers` says that some of those are missing."""
    body = reply.body
    seemed = max(body.count(b'"b64_json"'), body.count(b'"url"')) if reply.ok else 0
    facts = Cut(len(body), hashlib.sha256(body).hexdigest(), why, seemed, headers)
    return replace(reply, body=body[:HEAD_BYTES], pictures=(), cut=facts)


def fewer(headers: Pairs) -> Pairs:
    """Return the headers of an answer, of very many only the first, and those that the suite reads."""
    if (
        len(headers) <= MOST_HEADERS
        and sum(len(k) + len(v) for k, v in headers) <= MOST_HEADER_BYTES
    ):
        return headers
    kept: list[tuple[str, str]] = []
    left, seen = MOST_HEADER_BYTES, set[str]()
    for name, value in headers:
        known = name.lower() in READ_HEADERS and name.lower() not in seen
        seen.update([name.lower()] if known else [])
        fits = len(kept) < MOST_HEADERS and len(name) + len(value) <= left
        if fits or known:
            kept.append((name, value[:MOST_HEADER_BYTES]))
            left -= len(name) + len(value)
    return tuple(kept)
