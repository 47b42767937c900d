"""What a status says to a client that did its part: accepted, refused, failed, or try again later.

The functions of a number take None for "no answer at all". The functions of an exchange know its
headers too: only they can tell a 503 that asks for a later retry from one that reports a failure.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.http.exchange import Exchange, Reply

SEND_AGAIN = frozenset({408, 409, 425, 429})
REDIRECTS, CLIENT_ERRORS = range(300, 400), range(400, 500)
NEVER_ASKED = frozenset({"budget", "spared", "down", "limited", "overtime"})


def kind(status: int | None) -> int:
    """Return the first digit of a status; no answer at all is as bad as a server error."""
    return 5 if status is None else status // 100


def is_redirect(status: int | None) -> bool:
    """Return whether a status is a 3xx."""
    return status in REDIRECTS


def is_client_error(status: int | None) -> bool:
    """Return whether a status is a 4xx, those that ask for a retry among them."""
    return status in CLIENT_ERRORS


def is_error(status: int | None) -> bool:
    """Return whether a status is a 4xx or a 5xx."""
    return status is not None and status >= HTTPStatus.BAD_REQUEST


def has_failed(status: int | None) -> bool:
    """Return whether a status is any 5xx, or missing."""
    return status is None or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def may_be_busy(status: int | None) -> bool:
    """Return whether a status is one of those that ask for a later retry, a plain 503 too."""
    return status in SEND_AGAIN or status == HTTPStatus.SERVICE_UNAVAILABLE


def is_server_error(exchange: Exchange) -> bool:
    """Return whether the answer is a 5xx that counts: not 501, not 503 with Retry-After."""
    if exchange.reply is None or not has_failed(exchange.status):
        return False
    if exchange.status == HTTPStatus.SERVICE_UNAVAILABLE:
        return exchange.header("retry-after") is None
    return exchange.status != HTTPStatus.NOT_IMPLEMENTED


def is_refusal(exchange: Exchange) -> bool:
    """Return whether the answer is a 4xx that does not ask for a retry."""
    return is_client_error(exchange.status) and exchange.status not in SEND_AGAIN


def asks_to_retry(exchange: Exchange) -> bool:
    """Return whether the answer only asks to send the request again later."""
    busy = exchange.status == HTTPStatus.SERVICE_UNAVAILABLE and not is_server_error(exchange)
    return exchange.status in SEND_AGAIN or busy


def is_busy(reply: Reply | None) -> bool:
    """Return whether an answer says only that too many requests came: it tells of no request.

    Such is a 429 (RFC 6585 §4), and a 503 that names a Retry-After (RFC 9110 §15.6.4).
    """
    if reply is None:
        return False
    if reply.status == HTTPStatus.SERVICE_UNAVAILABLE:
        return reply.header("retry-after") is not None
    return reply.status == HTTPStatus.TOO_MANY_REQUESTS


def was_never_asked(exchange: Exchange) -> bool:
    """Return whether the request was not sent: nothing to learn, or no budget, no gateway, no rate or no time was left."""
    return exchange.failure in NEVER_ASKED
