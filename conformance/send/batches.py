"""Sends requests that are no part of the plan in batches; each batch is judged, then forgotten.

A run with ten thousand property cases takes no more memory than one with a hundred: evidence is
written as it arrives. Of the answers that passed, one of each kind is kept for the checks that read
every answer.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from conformance.plan.plan import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from conformance.cases.spec import Spec
    from conformance.http.exchange import Exchange
    from conformance.http.request import Request
    from conformance.plan.plan import Plan
    from conformance.send.sending import Sending

MOST_KINDS = 100
# How much of a body tells its kind.
DEEPEST, MOST_KEYS = 8, 200

Asking = TypeVar("Asking")
Kind = tuple[object, ...]


@dataclass
class Batches:
    """Sends batches through a sender; counts their requests, and keeps one answer of each kind."""

    plan: Plan
    sender: Sending
    sent: int = 0
    _kinds: set[Kind] = field(default_factory=set)

    def through(
        self, batches: Iterable[list[Asking]], spec_of: Callable[[Asking], Spec]
    ) -> Iterator[tuple[Asking, Exchange]]:
        """Send these batches and yield each of their members with its exchange.

        One batch is in flight while the one before it is judged and the next one is drawn.
        """
        before: list[tuple[Asking, Request]] = []
        for batch in batches:
            asked = [(row, self._bound(spec_of(row))) for row in batch]
            sent = [(row, r) for row, r in asked if not isinstance(r, Unavailable)]
            self.sent += len(sent)
            self.sender.start([r for _, r in sent])
            yield from self._answered(before)
            before = sent
        yield from self._answered(before)

    def forget(self, exchange: Exchange) -> None:
        """Drop an exchange that passed, unless it is the first of its kind."""
        kind = kind_of(exchange)
        if kind not in self._kinds and len(self._kinds) < MOST_KINDS:
            self._kinds.add(kind)
        elif exchange.id not in self.plan.requests:
            self.sender.forget(exchange.id)

    def _bound(self, spec: Spec) -> Request | Unavailable:
        if spec.control is not None:
            self.plan.add(spec.control)
            # The sender leaves out a control that it was given before.
            control = self.plan.bind(spec.control)
            if not isinstance(control, Unavailable):
                self.sender.start([control])
        return self.plan.bind_once(spec)

    def _answered(self, sent: list[tuple[Asking, Request]]) -> Iterator[tuple[Asking, Exchange]]:
        for row, request in sent:
            found = self.sender.exchange(request.id)
            control = self.sender.exchange(request.control) if request.control else None
            yield row, dataclasses.replace(found, control=control)


def kind_of(exchange: Exchange) -> Kind:
    """Return what the checks on every answer look at: the status, the headers, the keys."""
    reply = exchange.reply
    if reply is None:
        return (exchange.failure,)
    names = tuple(sorted(name.lower() for name, _ in reply.headers))
    return (reply.status, reply.media_type, names, _keys(reply.json))


def _keys(value: object, depth: int = DEEPEST) -> object:
    if isinstance(value, dict) and depth and len(value) <= MOST_KEYS:
        return tuple(sorted((str(key), _keys(inner, depth - 1)) for key, inner in value.items()))
    return type(value).__name__
