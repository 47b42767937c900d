"""Which answers ask to come later, and after which pause a request is sent again on its own account."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from conformance.http import status
from conformance.http.deliveries import MALFORMED
from conformance.send.rates import told
from conformance.send.rates.rate import MOST_TOLD_S

if TYPE_CHECKING:
    from conformance.http.exchange import Exchange, Reply

PAUSES_S = (0.2, 0.5, 1.0, 2.0)
LONGEST_PAUSE_S = 30.0
# What providers say, in the place of a limit that passes, of an account without credit.
NO_CREDIT = (
    *("insufficient_quota", "billing_hard_limit_reached", "exceeded your current quota"),
    "credit balance is too low",
)


def limiting(exchange: Exchange) -> Reply | None:
    """Return the answer that asks the client to be slower with every request, or None.

    Of a pair that was pipelined either answer may be the one.
    """
    if exchange.reply is None or _ordered(exchange):
        return None
    found = (reply for reply in (exchange.reply, *exchange.behind) if status.is_busy(reply))
    return next(found, None)


def passes_not_soon(reply: Reply, now: float) -> bool:
    """Return whether no wait that a run can afford ends a limit: it is told so, or an account is empty.

    Args:
        reply: a 429, or a 503 with Retry-After.
        now: the time in Unix seconds.
    """
    named = told.retry_after(reply, now) or 0.0
    return named > MOST_TOLD_S or any(words in reply.text[:20_000] for words in NO_CREDIT)


def _ordered(exchange: Exchange) -> bool:
    """Return whether an answer may be the failure that the request ordered from the provider.

    A 429 that was not ordered is the rate limit of the gateway, as for every other request.
    """
    fault = exchange.request.provider_fault
    limited = exchange.status == HTTPStatus.TOO_MANY_REQUESTS
    return bool(fault) and not (limited and fault != "429")


def pause_before_next(exchange: Exchange, tries: int) -> float | None:
    """Return how many seconds a request waits after a 408, 409 or 425, or None for no further try.

    A Retry-After lengthens the pause, to `LONGEST_PAUSE_S` at most.
    """
    if exchange.request.provider_fault or exchange.reply is None:
        return None
    if exchange.status == HTTPStatus.REQUEST_TIMEOUT and exchange.request.delivery in MALFORMED:
        return None  # the server waited for what a malformed message announced: the right answer
    if exchange.status not in status.SEND_AGAIN or tries >= len(PAUSES_S):
        return None
    named = told.retry_after(exchange.reply, exchange.finished_at) or 0.0
    return max(min(named, LONGEST_PAUSE_S), PAUSES_S[tries])
