"""Says why a connection did not come about, in words that a diagnosis finds again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.http import hurdles
from conformance.http.hurdles import SPEAKS_TLS
from conformance.send.wire import opening
from conformance.target.tls import Tls

if TYPE_CHECKING:
    from conformance.http.exchange import Failure
    from conformance.http.hurdles import Hurdle
    from conformance.send.wire.opening import Address
    from conformance.target.target import Target

__all__ = ["SPEAKS_TLS", "alert", "by_proxy", "is_tls", "told", "why_closed"]

WANTS_KEY = "407"
# The first bytes of an alert (RFC 8446 §5.1), as the parser of HTTP quotes them.
ALERT = "\\x15\\x03"


async def told(error: Exception, target: Target, address: Address) -> str:
    """Return why a request never left: a hurdle's sentence first, if it is one.

    Args:
        error: what opening the connection raised.
        target: the gateway.
        address: where the request was to go.
    """
    if any(isinstance(one, TimeoutError) for one in hurdles.chain(error)):
        return _text(hurdles.SLOW, f"none within {opening.CONNECT_S:g} s")
    shown = target.tls.client_cert is not None
    found = hurdles.of_handshake(error, shown=shown) if address.secure else None
    if found is not None:
        hurdle, detail = found
        if hurdle is hurdles.OTHER_NAME:
            any_name = opening.Address(
                address.host, address.port, target.tls.of_any_name(), address.proxy
            )
            names = ", ".join(await opening.names_of(any_name))
            detail = f"{names}, not {address.host}" if names else detail
        return _text(hurdle, detail)
    if address.proxy is not None:
        return _text(hurdles.NO_PROXY, f"{address.proxy.url}: {error}")
    return str(error) or "cannot connect"


def alert(error: Exception, target: Target) -> str:
    """Return the text of an alert that refuses the client's certificate, or nothing."""
    found = hurdles.of_alert(error, shown=target.tls.client_cert is not None)
    return _text(*found) if found else ""


async def why_closed(target: Target, address: Address) -> str:
    """Return why a server closes every connection without an answer, if TLS is the reason."""
    if address.secure is None:
        anybody = Tls(insecure=True).elsewhere()
        return SPEAKS_TLS.said if await opening.speaks_tls(address, anybody) else ""
    error = await opening.end_after_handshake(address)
    return alert(error, target) if error else ""


def is_tls(error: Exception) -> bool:
    """Return whether what came in the place of an answer of HTTP is an alert of TLS."""
    return ALERT in str(error)


def by_proxy(error: Exception, *, secure: bool) -> tuple[Failure, str]:
    """Return how a request failed for which the proxy opened no connection, and the text."""
    hurdle = hurdles.PROXY_WANTS_KEY if str(error).startswith(WANTS_KEY) else hurdles.PROXY_REFUSES
    if secure:
        return "unreachable", _text(hurdle, f"CONNECT: {error}")
    # Other requests go through the proxy without CONNECT, so that the gateway is not down.
    text = _text(hurdle, f"CONNECT: {error}")
    return "down", f"{text}; a request that is written byte by byte needs it"


def _text(hurdle: Hurdle, detail: str) -> str:
    return f"{hurdle.said} ({detail})" if detail else hurdle.said
