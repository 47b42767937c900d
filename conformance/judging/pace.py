"""Whether an answer took far too long for its size: a parser that is slow for what one byte brings.

A bound in seconds alone would blame slow networks. So the measure is the answer to a harmless
request of the same size, sent to the same gateway in the same run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.http.status import was_never_asked

if TYPE_CHECKING:
    from conformance.http.exchange import Exchange

# Less is no attack, and a busy machine may take it for anything.
SLOW_S = 5.0
TIMES = 10
BAD_GATEWAY = 502


def out_of_proportion(exchange: Exchange, harmless: Exchange) -> bool:
    """Return whether an exchange took over five seconds, and ten times as long as a harmless one."""
    answered = all(e.reply is not None or e.failure == "dropped" for e in (exchange, harmless))
    return answered and exchange.elapsed_s > max(SLOW_S, TIMES * harmless.elapsed_s)


def cut_off(exchange: Exchange) -> bool:
    """Return whether the gateway closed the connection instead of reading a large body whole.

    A server may do so (RFC 9112 §9.3). A proxy before it says so with a 502 of its own (RFC 9110
    §15.6.3), which has no JSON.
    """
    if was_never_asked(exchange):
        return False
    by_proxy = exchange.status == BAD_GATEWAY and not isinstance(exchange.json, dict)
    return exchange.failure == "dropped" or by_proxy
