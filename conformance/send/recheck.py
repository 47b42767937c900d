"""What is looked at twice before anybody is blamed for it, and what is only put off."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from conformance.http.deliveries import MALFORMED
from conformance.http.exchange import Attempt
from conformance.http.payload import mismatch
from conformance.http.status import SEND_AGAIN, is_server_error

if TYPE_CHECKING:
    from conformance.http.exchange import Exchange, Failure

MOST_ACCEPTANCES_RECHECKED = 3


def needs_recheck(exchange: Exchange) -> bool:
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


def passed_on_recheck(exchange: Exchange) -> bool:
    """Return whether a surprise became no surprise when its request was sent again."""
    counted = any(not attempt.excused for attempt in exchange.earlier)
    return counted and not needs_recheck(exchange)


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


class RecheckPolicy:
    """What one run has learnt of how steady its gateway is, and so what it looks at again."""

    def __init__(self) -> None:
        self.unsteady = False
        self._wavered = False
        self._doubted = 0

    def about(self, exchange: Exchange) -> bool:
        """Return whether an acceptance of what must be refused is looked at twice.

        Each costs a picture: the first few and those of a burst are, and all once one has changed.
        """
        if exchange.request.expected != "refused" or not exchange.ok:
            return False
        self._doubted += 1
        return (
            self._wavered
            or bool(exchange.request.burst)
            or self._doubted <= MOST_ACCEPTANCES_RECHECKED
        )

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
        self.unsteady |= passed_on_recheck(exchange)
