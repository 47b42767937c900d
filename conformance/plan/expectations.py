"""Whether a success is the one that a request asked for: so many items, this format, this size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.http import payload

if TYPE_CHECKING:
    from conformance.http.exchange import Exchange


def mismatch(exchange: Exchange) -> str:
    """Say in what an answer is not the one that was asked for, or return an empty text.

    A cached answer is left out: whether it matches is a requirement of its own.
    """
    if not exchange.ok or exchange.from_cache or exchange.request.expected != "accepted":
        return ""
    if exchange.reply is not None and exchange.reply.cut is not None:
        return ""  # nobody has what would tell
    n, size, kind = (exchange.request.asked(k) for k in ("n", "size", "response_format"))
    if n and n.isdecimal() and len(exchange.items) != int(n):
        return f"asked for n={n}, got {len(exchange.items)} item(s)"
    if kind and any(not item.get(kind) for item in payload.objects(exchange)):
        return f"asked for {kind}, got an item without it"
    if size and "x" in size:
        for index, made in payload.measured(exchange):
            if made.size != size:
                return f"asked for {size}, item {index} has {made.size}"
    return ""
