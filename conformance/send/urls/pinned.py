"""Asks one server for one picture, at an address that was checked, over a connection of its own.

A name that is looked up a second time may lead elsewhere (DNS rebinding), so the connection goes to
the address itself; TLS and the Host header are for the name all the same. What goes out holds no
credential, no cookie and no Referer, and no answer leads any further.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from conformance.send.wire.kept import through

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterable, AsyncIterator, Sequence

    from conformance.http.urls.addresses import Address
    from conformance.http.urls.locations import Location
    from conformance.target.proxy import Proxy

# The next address of a host is tried if the one before takes longer to take the connection.
NEXT_AFTER_S = 3.0
MOST_ADDRESSES = 4
LIMITS = httpx.Limits(max_connections=1, max_keepalive_connections=0)


@dataclass(frozen=True)
class Way:
    """How a server is reached: what speaks TLS with it, and through which proxy."""

    tls: ssl.SSLContext
    proxy: Proxy | None = None


@dataclass(frozen=True)
class Answer:
    """An answer whose body comes piece by piece, as it is on the wire."""

    status: int
    headers: tuple[tuple[str, str], ...]
    pieces: AsyncIterable[bytes]

    def header(self, name: str) -> str:
        """Return a header's values as one text, or nothing."""
        return ", ".join(v for k, v in self.headers if k.lower() == name)


class NoAnswerError(Exception):
    """There was no connection, or no whole answer of HTTP; the text begins with the error's name."""


@contextlib.asynccontextmanager
async def asked(
    location: Location, addresses: Sequence[Address], way: Way
) -> AsyncIterator[Answer]:
    """Ask for what a url serves; the value is the answer, whose body is not read yet.

    Args:
        location: where the url leads.
        addresses: the addresses of its host that may be asked, in their order. A proxy finds its own.
        way: how its server is reached.

    Raises:
        NoAnswerError: nobody answers, or with something that is no HTTP.
    """
    try:
        async with httpx.AsyncHTTPTransport(
            trust_env=False, verify=way.tls, proxy=through(way.proxy), limits=LIMITS
        ) as transport:
            answer = await _first(transport, _requests(location, addresses, way))
            try:
                headers = tuple(answer.headers.multi_items())
                yield Answer(answer.status_code, headers, answer.aiter_raw())
            finally:
                await answer.aclose()
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise NoAnswerError(f"{type(error).__name__}: {error}") from error


async def _first(
    transport: httpx.AsyncHTTPTransport, requests: list[httpx.Request]
) -> httpx.Response:
    """Return the answer at the first address that takes a connection."""
    for request in requests[:-1]:
        with contextlib.suppress(httpx.ConnectError, httpx.ConnectTimeout):
            return await transport.handle_async_request(request)
    return await transport.handle_async_request(requests[-1])


def _requests(location: Location, addresses: Sequence[Address], way: Way) -> list[httpx.Request]:
    headers = {
        "Host": location.authority,
        "Accept": "image/*,*/*",
        "Accept-Encoding": "identity",
        "Connection": "close",
        "User-Agent": f"python-httpx/{httpx.__version__}",
    }
    if way.proxy is not None:
        return [httpx.Request("GET", httpx.URL(location.url), headers=headers)]
    named = (
        {}
        if location.address or location.is_odd_number
        else {"sni_hostname": location.host.rstrip(".")}
    )
    tried = addresses[:MOST_ADDRESSES]
    return [
        httpx.Request(
            "GET",
            httpx.URL(scheme=location.scheme, host=str(address), port=location.port),
            headers=headers,
            extensions={
                **named,
                "target": location.target.encode("ascii"),
                "timeout": {"connect": None if address == tried[-1] else NEXT_AFTER_S},
            },
        )
        for address in tried
    ]
