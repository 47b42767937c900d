"""Keeps every call, with credentials taken out by value, and learns the provider's own key."""

from __future__ import annotations

import dataclasses
import threading
from typing import TYPE_CHECKING

from conformance.http.redacting.derived import SHORTEST_SECRET
from conformance.http.redacting.redaction import MARK
from conformance.http.redacting.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.http.provider_call import Answered, Call
    from conformance.provider.arrival import Arrival

PROVIDERS_KEY = "provider"
# Values that gateways write if they have no key.
NO_KEYS = frozenset({"undefined", "null", "none"})
# A call takes a few kB; what larger ones take together has a bound, as a gateway may send anything.
FREE_BYTES, MOST_BYTES = 16_000, 24_000_000
LONGEST = 2_000
KEY_HEADERS = frozenset({"authorization", "api-key", "x-api-key", "x-goog-api-key"})


class Journal:
    """The calls of one run, in the order of their arrival; safe to read from another thread.

    Args:
        vault: knows the credentials of the client, and learns those of the provider.
        on_end: is called with each call when it is over.
    """

    def __init__(
        self,
        vault: Vault | None = None,
        on_end: Callable[[Call], None] = lambda _: None,
    ) -> None:
        self.vault = vault or Vault()
        self._on_end = on_end
        self._calls: dict[str, Call] = {}
        # The ids of the calls that each request may have caused.
        self._claimed: dict[str, list[str]] = {}
        # How often a call began, was answered or ended.
        self.changes = 0
        # What large calls may still take, and the ids of those that were not kept whole.
        self._left = MOST_BYTES
        self._cut: set[str] = set()
        self._lock = threading.Lock()

    def calls(self) -> tuple[Call, ...]:
        """Return every call so far."""
        with self._lock:
            return tuple(self._calls.values())

    def calls_of(self, request: str) -> tuple[Call, ...]:
        """Return every call so far that a request may have caused."""
        with self._lock:
            return tuple(self._calls[id_] for id_ in self._claimed.get(request, ()))

    def learn(self, arrival: Arrival) -> None:
        """Remember the credentials of a call as the provider's own keys, unless they are a client's."""
        for name, value in arrival.headers:
            key = value.partition(" ")[2].strip() if name.lower() == "authorization" else value
            if name.lower() not in KEY_HEADERS or key.lower() in NO_KEYS:
                continue
            # What holds a credential of the client is none of the gateway's own.
            if len(key) >= SHORTEST_SECRET and self.vault.clean(key) == key:
                self.vault.learn(PROVIDERS_KEY, key)

    def begin(self, call: Call) -> None:
        """Record a call that arrived."""
        clean, size = self.vault.clean, _size(call)
        with self._lock:
            if size > FREE_BYTES and size > self._left:
                self._cut.add(call.id)
                call = dataclasses.replace(call, path=call.path[:LONGEST], headers=(), parts=())
            elif size > FREE_BYTES:
                self._left -= size
            for request in call.claim.requests:
                self._claimed.setdefault(request, []).append(call.id)
            self.changes += 1
            self._calls[call.id] = dataclasses.replace(
                call,
                path=clean(call.path),
                headers=tuple(_header(self.vault, k, v) for k, v in call.headers),
                parts=clean(call.parts),
            )

    def problem_of(self, call_id: str) -> str:
        """Return why a call cannot be judged, or nothing."""
        return f"call {call_id} was larger than the suite keeps" if call_id in self._cut else ""

    def answered(self, call_id: str, answered: Answered) -> None:
        """Record the answer to a call, before it is sent."""
        self._change(call_id, answered=answered)

    def ended(self, call_id: str, at: float, end: str) -> None:
        """Record when and how a call ended."""
        self._change(call_id, ended_at=at, end=end)
        self._on_end(self._calls[call_id])

    def _change(self, call_id: str, **changes: object) -> None:
        with self._lock:
            self.changes += 1
            self._calls[call_id] = dataclasses.replace(self._calls[call_id], **changes)  # type: ignore[arg-type] # the caller names fields of the class


def _size(call: Call) -> int:
    """Return how many characters a call has beside its files."""
    pairs = [*call.headers, *(pair for part in call.parts for pair in part.headers)]
    named = sum(len(p.name) + len(p.value) + len(p.file_name or "") for p in call.parts)
    return len(call.path) + named + sum(len(k) + len(v) for k, v in pairs)


def _header(vault: Vault, name: str, value: str) -> tuple[str, str]:
    """Return a header without credentials; an unknown credential is taken out whole."""
    shown = vault.clean(value)
    if name.lower() in KEY_HEADERS and not MARK.search(shown):
        scheme, gap, _ = shown.partition(" ") if name.lower() == "authorization" else ("", "", "")
        scheme, gap = (scheme, gap) if gap else ("", "")
        shown = f"{scheme}{gap}«unknown credential»"
    return vault.clean(name), shown
