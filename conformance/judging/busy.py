"""Tells a 429 that refuses one request from the 429 of a rate limit, which says nothing of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.http.status import is_refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.http.exchange import Exchange
    from conformance.http.request import Request
    from conformance.judging.probe import Probe

ROUNDS = 2


def refused_for_itself(probe: Probe, limited: Exchange, others: Iterable[Exchange]) -> bool | None:
    """Return whether a request gets its 429 for what it asks, or None if that cannot be told.

    Another request, whose answer is known, is sent right before it and right after it. A rate limit
    answers all of them, or none, with 429.

    Args:
        probe: sends the requests again.
        limited: an exchange that ended with 429.
        others: exchanges of the run; one with a plain refusal is taken.
    """
    known = next((e for e in others if _is_plain(e)), None)
    if known is None:
        return None
    for turn in range(ROUNDS):
        asked = (known.request, limited.request, known.request)
        before, again, after = (
            probe.again(_copy(r, f"429, {limited.id}, {turn}.{i}")) for i, r in enumerate(asked)
        )
        if not (_is_plain(before) and _is_plain(after)):
            return None
        if again.status != limited.status:
            return False
    return True


def _is_plain(exchange: Exchange) -> bool:
    """Return whether a refusal came at the first try."""
    return is_refusal(exchange) and not exchange.earlier


def _copy(request: Request, connection: str) -> Request:
    return replace(request, connection=connection, after=None, purpose="probe")
