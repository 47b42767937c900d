"""Sends what enters no plan: bundle after bundle, each judged and then forgotten.

A run with ten thousand property cases takes no more memory than one with a hundred: evidence is
written as it arrives, and of the answers that passed one of each kind is kept, for the checks on
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
    from conformance.http.exchange import Exchange, Request
    from conformance.plan.plan import Plan
    from conformance.send.sender import Sender

MOST_KINDS = 100

Asking = TypeVar("Asking")
Kind = tuple[object, ...]


@dataclass
class Batches:
    """A plan and its sender, how many requests went beside the plan, and the answers kept of them."""

    plan: Plan
    sender: Sender
    sent: int = 0
    _kinds: set[Kind] = field(default_factory=set)

    def through(
        self, bundles: Iterable[list[Asking]], spec_of: Callable[[Asking], Spec]
    ) -> Iterator[tuple[Asking, Exchange]]:
        """Send these bundles and yield each of their members with its exchange.

        One bundle is in flight while the one before is judged and the one after is drawn.
        """
        before: list[tuple[Asking, Request]] = []
        for bundle in bundles:
            asked = [(row, self._bound(spec_of(row))) for row in bundle]
            sent = [(row, r) for row, r in asked if not isinstance(r, Unavailable)]
            self.sent += len(sent)
            self.sender.start([r for _, r in sent])
            yield from self._answered(before)
            before = sent
        yield from self._answered(before)

    def forget(self, exchange: Exchange) -> None:
        """Let an exchange go that passed, unless no answer of its kind is kept yet."""
        kind = kind_of(exchange)
        if kind not in self._kinds and len(self._kinds) < MOST_KINDS:
            self._kinds.add(kind)
        elif exchange.id not in self.plan.requests:
            self.sender.forget(exchange.id)

    def _bound(self, spec: Spec) -> Request | Unavailable:
        if spec.control is not None:
            self.plan.add(spec.control)
            # A control that was sent already is not sent again.
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
    """Return in what the checks on every answer tell one from another: status, headers, keys."""
    reply = exchange.reply
    if reply is None:
        return (exchange.failure,)
    names = tuple(sorted(name.lower() for name, _ in reply.headers))
    return (reply.status, reply.media_type, names, _keys(reply.json))


def _keys(value: object) -> object:
    if isinstance(value, dict):
        return tuple(sorted((str(key), _keys(inner)) for key, inner in value.items()))
    return type(value).__name__
