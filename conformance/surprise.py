"""What is looked at twice before anybody is blamed for it, and what is only put off."""

from __future__ import annotations

import dataclasses
import re
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from conformance.answer import mismatch
from conformance.exchange import Attempt
from conformance.stream import MALFORMED

if TYPE_CHECKING:
    from conformance.exchange import Exchange, Failure

MOST_DOUBTED = 3
SEND_AGAIN = frozenset({408, 409, 425, 429})
PAUSES_S = (0.2, 0.5, 1.0, 2.0)
LONGEST_PAUSE_S = 30.0
MOST_PUT_OFF = 6
PAUSE_BUDGET_S = 90.0


def is_surprise(exchange: Exchange) -> bool:
    """Return whether an answer is looked at twice before anybody is blamed for it."""
    if exchange.request.provider_fault:
        return False  # the provider failed on order
    if exchange.request.delivery in MALFORMED:
        return False  # whatever comes is right, if it comes in time
    if exchange.reply is None:
        return True
    if exchange.status in SEND_AGAIN:
        return False
    if exchange.request.expected == "accepted" and not exchange.ok:
        return True
    return is_server_error(exchange) or bool(mismatch(exchange))


def is_settled_otherwise(exchange: Exchange) -> bool:
    """Return whether a surprise became no surprise when its request was sent again."""
    counted = any(not attempt.excused for attempt in exchange.earlier)
    return counted and not is_surprise(exchange)


def broke_twice(exchange: Exchange) -> bool:
    """Return whether a request broke its connection both times: it may well bring others down."""
    return exchange.failure == "dropped" and any(a.failure == "dropped" for a in exchange.earlier)


def excused(exchange: Exchange) -> Exchange:
    """Return an exchange whose broken first tries are not its own fault: the gateway fell then."""
    earlier = tuple(
        dataclasses.replace(a, excused=a.status is None or a.status >= 500)  # noqa: PLR2004 - RFC 9110 §15.6
        for a in exchange.earlier
    )
    return dataclasses.replace(exchange, earlier=earlier)


def is_server_error(exchange: Exchange) -> bool:
    """Return whether the answer is a 5xx that counts: not 501, not 503 with Retry-After."""
    if exchange.reply is None or exchange.reply.status < 500:  # noqa: PLR2004 - RFC 9110 §15.6
        return False
    if exchange.reply.status == 503:  # noqa: PLR2004 - RFC 9110 §15.6.4
        return exchange.reply.header("retry-after") is None
    return exchange.reply.status != 501  # noqa: PLR2004 - RFC 9110 §15.6.2


def is_refusal(exchange: Exchange) -> bool:
    """Return whether the answer is a 4xx that is not only put off."""
    status = exchange.status or 0
    return 400 <= status < 500 and status not in SEND_AGAIN  # noqa: PLR2004 - RFC 9110 §15.5


def pictures_in(exchange: Exchange) -> int:
    """Return how many pictures an answer carries, as the provider bills them."""
    return len(exchange.items) if exchange.ok else 0


def attempt_of(exchange: Exchange) -> Attempt:
    """Return what is kept of a try that did not settle its request."""
    failure: Failure | None = exchange.failure
    text = exchange.reply.text[:2000] if exchange.reply else exchange.failure_text
    headers = exchange.reply.headers if exchange.reply else ()
    wrong = mismatch(exchange)
    return Attempt(
        exchange.status,
        failure,
        text,
        exchange.elapsed_s,
        headers,
        mismatch=wrong,
        reused=exchange.reused,
    )


def is_put_off(exchange: Exchange) -> bool:
    """Return whether an answer says nothing but that the request should come again."""
    busy = exchange.status == 503 and not is_server_error(exchange)  # noqa: PLR2004 - RFC 9110 §15.6.4
    return exchange.status in SEND_AGAIN or busy


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


class Doubts:
    """What one run has learnt of how steady its gateway is, and so what it looks at again."""

    def __init__(self) -> None:
        self.unsteady = False
        self._wavered = False
        self._doubted = 0

    def about(self, exchange: Exchange) -> bool:
        """Return whether an acceptance of what must be refused is looked at twice.

        Each costs a picture: the first few and those of a crowd are, and all once one has changed.
        """
        if exchange.request.expected != "refused" or not exchange.ok:
            return False
        self._doubted += 1
        return self._wavered or bool(exchange.request.crowd) or self._doubted <= MOST_DOUBTED

    def looked_twice(self, first: Exchange, second: Exchange) -> Exchange:
        """Return what both looks at a request come to."""
        if first.ok and (second.from_cache or second.failure == "budget"):
            return first  # the cache repeats the first answer, and so proves nothing
        self._wavered = self._wavered or (first.request.expected == "refused" and not second.ok)
        # A second look that was not to be had says nothing of the first.
        unseen = second.failure == "budget"
        attempt = dataclasses.replace(attempt_of(first), excused=unseen)
        return dataclasses.replace(second, earlier=(*first.earlier, attempt, *second.earlier))

    def settled(self, exchange: Exchange) -> None:
        """Learn from an exchange that has been settled."""
        self.unsteady |= is_settled_otherwise(exchange)
