"""What a status means to a client that did its part: refused, failed, or asked to come again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.http.exchange import Exchange

SEND_AGAIN = frozenset({408, 409, 425, 429})


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


def asks_to_retry(exchange: Exchange) -> bool:
    """Return whether an answer says nothing but that the request should come again."""
    busy = exchange.status == 503 and not is_server_error(exchange)  # noqa: PLR2004 - RFC 9110 §15.6.4
    return exchange.status in SEND_AGAIN or busy
