"""Tells why a verdict changed: among others, on a used connection, or for no reason at all.

What changed is sent a few times more, alone, on a connection that just served, and at once with
others; the first of these that changes it again is the reason.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from conformance.http.status import SEND_AGAIN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.http.exchange import Attempt, Exchange, Request
    from conformance.run.session import Session

Reason = Literal["at once", "used connection", "at random"]
MOST_TRIED = 4
ROUNDS = 2
# Copies of the plan are few; these cannot be taken for them.
FIRST_COPY = 1000


@dataclass(frozen=True)
class Change:
    """A verdict that changed: the exchange, and how."""

    exchange: Exchange
    text: str


def change_of(exchange: Exchange) -> str:
    """Say how the answer to the same bytes became another kind of answer, or nothing."""
    if exchange.failure in ("budget", "down"):
        return ""  # it was not asked again, and so said nothing
    for attempt in exchange.earlier:
        if counts(attempt) and kind_of(attempt.status) != kind_of(exchange.status):
            first = attempt.status or f"no answer ({attempt.failure})"
            return f"first {first}, then {exchange.outcome} for the same bytes"
    return ""


def wavered(exchange: Exchange) -> str:
    """Say how the same bytes were accepted once and refused once, or nothing."""
    kinds = {kind_of(a.status) for a in exchange.earlier if counts(a)} | {kind_of(exchange.status)}
    return change_of(exchange) if {2, 4} <= kinds else ""


def kind_of(status: int | None) -> int:
    """Return the first digit of a status; no answer at all is as bad as a server error."""
    return 5 if status is None else status // 100


def counts(attempt: Attempt) -> bool:
    """Return whether a try says something: it was neither put off nor excused."""
    return attempt.status not in (*SEND_AGAIN, 503) and not attempt.excused


@dataclass
class Flakiness:
    """The changes of a run, and their common reason; what is found out once is kept."""

    run: Session
    _copies: itertools.count[int] = field(default_factory=lambda: itertools.count(FIRST_COPY))

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """Every verdict of the run that changed."""
        # Only what was sent for the plan: what is sent to find out the reason is none of it.
        planned = [e for e in self.run.answers() if e.request.copy < FIRST_COPY]
        return tuple(
            Change(e, text) for e in planned if not e.request.connection and (text := change_of(e))
        )

    @cached_property
    def reason(self) -> Reason:
        """Why they changed."""
        first = [change.exchange for change in self.changes[:MOST_TRIED]]
        if self._changes_again(e for e in first for _ in range(ROUNDS)):
            return "at random"
        reused = all(a.reused for e in first for a in e.earlier if counts(a))
        if reused and any(map(self._changes_on_a_used_connection, first)):
            return "used connection"
        size = self.run.at_once
        if size > 1 and any(self._changes_at_once(first, size) for _ in range(ROUNDS)):
            return "at once"
        return "at random"

    def because_of(self, reason: Reason) -> list[tuple[Exchange, str]]:
        """Return what changed for a reason, as `expect.each` takes it."""
        if not self.changes or self.reason != reason:
            return []
        return [(change.exchange, change.text) for change in self.changes]

    def _changes_again(self, exchanges: Iterable[Exchange]) -> bool:
        return any(
            _differs(exchange, self.run.again(self._copy(exchange, connection="alone")))
            for exchange in exchanges
        )

    def _changes_on_a_used_connection(self, exchange: Exchange) -> bool:
        refused = next((e for e in self.run.answers() if kind_of(e.status) == 4), exchange)  # noqa: PLR2004 - RFC 9110 §15.5
        for before in (exchange, refused):
            connection = f"used {next(self._copies)}"
            first = replace(before.request, connection=connection, copy=next(self._copies))
            second = replace(exchange.request, connection=connection, copy=next(self._copies))
            self.run.again(first)
            if _differs(exchange, self.run.again(second)):
                return True
        return False

    def _changes_at_once(self, exchanges: list[Exchange], size: int) -> bool:
        burst = list(itertools.islice(itertools.cycle(exchanges), size))
        name = f"again {next(self._copies)}"
        found = self.run.again_at_once([replace(self._copy(e), burst=name) for e in burst])
        return any(_differs(e, answer) for e, answer in zip(burst, found, strict=True))

    def _copy(self, exchange: Exchange, connection: str = "") -> Request:
        copy = next(self._copies)
        named = f"{connection} {copy}" if connection else ""
        return replace(exchange.request, copy=copy, connection=named, after=None)


def _differs(known: Exchange, again: Exchange) -> bool:
    """Whether any try of the same bytes got another kind of answer than the known one.

    One that could not be paid for says nothing.
    """
    if again.failure == "budget":
        return False
    tries = [*(a.status for a in again.earlier if counts(a)), again.status]
    return any(kind_of(status) != kind_of(known.status) for status in tries)
