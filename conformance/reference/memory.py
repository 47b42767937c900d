"""What the gateway remembers between requests, within bounds: pictures by id, answers by key."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable

    from conformance.reference.values import Json, Recipe

V = TypeVar("V")


class Bounded(Generic[V]):
    """A mapping with a limit: beyond it, the entry that was used longest ago is forgotten."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._entries: OrderedDict[Hashable, V] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> V | None:
        """Return what is remembered under the key, or None."""
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
            return self._entries.get(key)

    def put(self, key: Hashable, value: V) -> None:
        """Remember a value, and forget the oldest entry beyond the limit."""
        with self._lock:
            self._entries[key] = value
            self._entries.move_to_end(key)
            if len(self._entries) > self._room:
                self._entries.popitem(last=False)


@dataclass(frozen=True)
class Memory:
    """The state of one running gateway."""

    recipes: Bounded[Recipe] = field(default_factory=lambda: Bounded(2000))
    drawn: Bounded[bytes] = field(default_factory=lambda: Bounded(200))
    answers: Bounded[tuple[str, Json]] = field(default_factory=lambda: Bounded(200))


def unguessable_id() -> str:
    """Return a random id that cannot be guessed."""
    return secrets.token_hex(16)
