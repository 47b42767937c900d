"""Specs that are asked of a small server, through a sender of their own."""

from __future__ import annotations

import contextlib
import re
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from conformance.cases.spec import Spec, variation
from conformance.plan.expectations import mismatch
from conformance.plan.plan import Plan
from conformance.send.sender import Sender
from conformance.target.options import Limits

from .clock import Skipping
from .serving import (
    Answer,
    Got,
    Loopback,
    pictures_answer,
    target_at,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.http.exchange import Exchange


class Asking:
    """Specs bound to a server, and a sender for them."""

    def __init__(self, url: str, *specs: Spec, limits: Limits | None = None, **flags: Any) -> None:
        self.target = target_at(url, **flags)
        self.plan = Plan(self.target, 1)
        for spec in specs:
            self.plan.add(spec)
        self.seen: list[Exchange] = []
        # The clock's time when each exchange was settled, by id: it goes on behind the last one.
        self.settled_at: dict[str, float] = {}
        # The pauses between two tries take no time.
        self.time = Skipping()
        self._limits = limits or Limits(timeout_s=5)

    @cached_property
    def sender(self) -> Sender:
        return Sender(
            self.target,
            self._limits,
            self._settled,
            mismatch=mismatch,
            clock=self.time.clock,
        )

    def _settled(self, exchange: Exchange) -> None:
        self.seen.append(exchange)
        self.settled_at[exchange.id] = self.time.now()

    def all(self) -> list[Exchange]:
        with self.sender:
            self.sender.start(self.plan.requests.values(), self.plan.optional.values())
            return self.sender.settled()


def ask(url: str, *specs: Spec, limits: Limits | None = None, **flags: Any) -> list[Exchange]:
    return Asking(url, *specs, limits=limits, **flags).all()


@contextlib.contextmanager
def answering(*answers: Answer) -> Iterator[Loopback]:
    """A server that gives these answers in turn, and the last one from then on."""
    left = list(answers)
    with Loopback(lambda _got: left.pop(0) if len(left) > 1 else left[0]) as server:
        yield server


def as_asked(got: Got) -> Answer:
    """As many items as n says."""
    n = re.search(rb'name="n"\r\n\r\n(\d+)\r\n', got.body)
    return pictures_answer(int(n[1]) if n else 1)


def several(count: int) -> list[Spec]:
    return [replace(variation(f"number {i}"), copy=i) for i in range(count)]
