"""When a request is sent again after a pause, because the gateway asked for that."""

from __future__ import annotations

import re
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from conformance.http.status import SEND_AGAIN

if TYPE_CHECKING:
    from conformance.http.exchange import Exchange

PAUSES_S = (0.2, 0.5, 1.0, 2.0)
LONGEST_PAUSE_S = 30.0
MOST_PUT_OFF = 6
PAUSE_BUDGET_S = 90.0


def is_rate_limit(exchange: Exchange) -> bool:
    """Return whether an answer asks everybody to be slower, and not only blames this request."""
    named = exchange.header("retry-after") is not None
    if exchange.request.provider_fault:
        return False
    return exchange.status in (429, 503) and (named or exchange.request.expected == "accepted")


def pause_before_next(exchange: Exchange, tries: int) -> float | None:
    """Return how many seconds to wait before a request is sent again, or None for not at all.

    A Retry-After counts as often as the budget allows, each pause at least as long as without one;
    without one there are a few tries.
    """
    if exchange.request.provider_fault:
        return None
    named = _retry_after(exchange)
    if named is not None:
        named = max(named, PAUSES_S[min(tries, len(PAUSES_S) - 1)])
    if exchange.status == 503 and named is not None:  # noqa: PLR2004 - RFC 9110 §15.6.4
        # It may be the provider's failure that was asked for: what must not succeed waits less long.
        patient = exchange.request.expected == "accepted" or tries < MOST_PUT_OFF
        return named if patient else None
    if exchange.status not in SEND_AGAIN:
        return None
    if named is not None:
        return named
    return PAUSES_S[tries] if tries < len(PAUSES_S) else None


def _retry_after(exchange: Exchange) -> float | None:
    """Return the seconds that a Retry-After names, as a number or as a date (RFC 9110 §10.2.3).

    One that is neither says nothing, like none.
    """
    named = exchange.header("retry-after")
    if named is None:
        return None
    if re.fullmatch(r"[0-9]{1,9}", named):
        seconds = float(named)
    else:
        try:
            seconds = parsedate_to_datetime(named).timestamp() - time.time()
        except (ValueError, OverflowError):
            return None
    return min(max(seconds, PAUSES_S[0]), LONGEST_PAUSE_S)
