"""Finds out why a verdict changed: at once with others, on a used connection, or at random.

The requests whose answers changed are sent a few more times: alone, on a connection that just
served another request, and at once with others. The first of these that changes an answer again is
the reason.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from conformance.http.status import (
    asks_to_retry,
    is_client_error,
    kind,
    may_be_busy,
    was_never_asked,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.http.exchange import Attempt, Exchange
    from conformance.http.request import Request
    from conformance.judging.probe import Probe

Reason = Literal["at once", "used connection", "at random"]
MOST_TRIED = 4
ROUNDS = 2
# Kinds of a status, by its first digit (RFC 9110 §15).
ACCEPTED, REFUSED = 2, 4


@dataclass(frozen=True)
class Change:
    """A verdict that changed: the exchange, and how."""

    exchange: Exchange
    text: str


def change_of(exchange: Exchange) -> str:
    """Return how the answer to the same bytes became another kind of answer, or an empty text."""
    if was_never_asked(exchange) or asks_to_retry(exchange):
        return ""  # the last try was not sent, or not answered for itself: that shows no change
    for attempt in exchange.earlier:
        if counts(attempt) and kind(attempt.status) != kind(exchange.status):
            first = attempt.status or f"no answer ({attempt.failure})"
            return f"first {first}, then {exchange.outcome} for the same bytes"
    return ""


def wavered(exchange: Exchange) -> str:
    """Return how the gateway both accepted and refused the same bytes, or an empty text."""
    kinds = {kind(a.status) for a in exchange.earlier if counts(a)} | {kind(exchange.status)}
    return change_of(exchange) if {ACCEPTED, REFUSED} <= kinds else ""


def counts(attempt: Attempt) -> bool:
    """Return whether a try counts: the gateway was not just busy, and no outage excuses it."""
    return not may_be_busy(attempt.status) and not attempt.excused


@dataclass
class Flakiness:
    """The changed verdicts of a run, and their common reason; each is found out once."""

    probe: Probe
    _copies: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """Every verdict of the run that changed."""
        # Only requests of the plan count: those that probe for the reason are no findings.
        planned = [e for e in self.probe.answers() if e.request.purpose == "plan"]
        return tuple(
            Change(e, text) for e in planned if not e.request.connection and (text := change_of(e))
        )

    @cached_property
    def reason(self) -> Reason:
        """The common reason of the changes."""
        first = [change.exchange for change in self.changes[:MOST_TRIED]]
        if self._changes_again(e for e in first for _ in range(ROUNDS)):
            return "at random"
        reused = all(a.reused for e in first for a in e.earlier if counts(a))
        if reused and any(map(self._changes_on_a_used_connection, first)):
            return "used connection"
        size = self.probe.at_once
        if size > 1 and any(self._changes_at_once(first, size) for _ in range(ROUNDS)):
            return "at once"
        return "at random"

    def because_of(self, reason: Reason) -> list[tuple[Exchange, str]]:
        """Return the changes if this is their reason, as `expect.each` takes them."""
        if not self.changes or self.reason != reason:
            return []
        return [(change.exchange, change.text) for change in self.changes]

    def _changes_again(self, exchanges: Iterable[Exchange]) -> bool:
        return any(
            _differs(
                exchange, self.probe.again(self._copy(exchange, f"alone {next(self._copies)}"))
            )
            for exchange in exchanges
        )

    def _changes_on_a_used_connection(self, exchange: Exchange) -> bool:
        refused = next((e for e in self.probe.answers() if is_client_error(e.status)), exchange)
        for before in (exchange, refused):
            connection = f"used {next(self._copies)}"
            first = self._copy(before, connection)
            second = self._copy(exchange, connection)
            self.probe.again(first)
            if _differs(exchange, self.probe.again(second)):
                return True
        return False

    def _changes_at_once(self, exchanges: list[Exchange], size: int) -> bool:
        burst = list(itertools.islice(itertools.cycle(exchanges), size))
        name = f"again {next(self._copies)}"
        found = self.probe.again_at_once([replace(self._copy(e), burst=name) for e in burst])
        return any(_differs(e, answer) for e, answer in zip(burst, found, strict=True))

    def _copy(self, exchange: Exchange, connection: str = "") -> Request:
        return replace(
            exchange.request,
            copy=next(self._copies),
            connection=connection,
            after=None,
            purpose="probe",
        )


def _differs(known: Exchange, again: Exchange) -> bool:
    """Return whether any try of the same bytes got another kind of answer than the known one.

    A request for which no picture or no time was left got no answer, and "try again later" is none.
    """
    if again.failure in ("budget", "overtime"):
        return False
    tries = [a.status for a in again.earlier if counts(a)]
    if not asks_to_retry(again):
        tries.append(again.status)
    return any(kind(status) != kind(known.status) for status in tries)
