"""Fetches the urls of an answer: without credentials, bounded, and only from safe addresses.

A download has at most 20 MB and three redirects, and each address is checked. Private and loopback
addresses are allowed only if the target itself has such an address, link-local ones only if the
target has one of those. A 429 is waited out like that of a request (`limiter`).
"""

from __future__ import annotations

import asyncio
import ipaddress
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes, urljoin, urlsplit

import httpx

from conformance.http import condensing
from conformance.http.exchange import Fetched, Reply
from conformance.http.redaction import Redactor
from conformance.http.status import is_busy
from conformance.send.told import Told, told
from conformance.send.transport import through

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable

    from conformance.http.exchange import Exchange
    from conformance.send.limiter import Limiter
    from conformance.target.target import Target

Origin = tuple[str, str | None, int | None]
MAX_BYTES = 20_000_000
MAX_REDIRECTS = 3
# How often one url may be asked for again while others are served.
MOST_LIMITED = 5


class LimitedError(Exception):
    """A server asked to fetch a picture later; `says` is what it told of its limit."""

    def __init__(self, served: Fetched, says: Told) -> None:
        super().__init__()
        self.served = served
        self.says = says


async def fetch_urls(
    exchange: Exchange,
    target: Target,
    timeout_s: float,
    most_bytes: int = MAX_BYTES,
    *,
    limiter: Limiter,
) -> tuple[Fetched, ...]:
    """Fetch every url of an answer and return what each served, in the order of the items."""
    urls = [item.get("url") for item in exchange.items if isinstance(item, dict)]
    wanted = [url for url in urls if isinstance(url, str) and url]
    if not wanted:
        return ()
    redactor = Redactor.of((s.name, s.value) for s in target.secrets)
    async with (
        _client(target, target.tls.gateway()) as own,
        _client(target, target.tls.elsewhere()) as others,
    ):
        clients = _Clients(_origin(target.base_url), own, others)
        return tuple(
            await asyncio.gather(
                *(
                    _in_turn(
                        lambda url=url: _bounded(  # type: ignore[misc] # mypy infers no default
                            _fetch(clients, url, target, most_bytes), url, timeout_s, redactor
                        ),
                        url,
                        target,
                        limiter,
                    )
                    for url in wanted
                )
            )
        )


async def _in_turn(
    fetch: Callable[[], Awaitable[Fetched]], url: str, target: Target, limiter: Limiter
) -> Fetched:
    """Fetch one url in its turn, and again while its server asks for that."""
    own = _is_own(url, target)
    rate = limiter.lanes.of("picture")
    limited, passes = 0, -1
    while True:
        async with limiter.download(own=own) as place:
            if place.closed:
                return Fetched(url, None, "", b"", f"not fetched: {place.closed}", skipped=True)
            try:
                served = await fetch()
            except LimitedError as error:
                limited += rate.passes > passes
                passes = rate.passes
                if limited > MOST_LIMITED:
                    return replace(error.served, skipped=True)
                limiter.limited(place, error.says)
            else:
                limiter.passed(place)
                return served


def _is_own(url: str, target: Target) -> bool:
    """Return whether the gateway itself serves a url."""
    try:
        return _origin(url) == _origin(target.base_url)
    except ValueError:
        return False


@dataclass(frozen=True)
class _Clients:
    """A client for the gateway's own address, and one that shows no certificate to any other."""

    origin: Origin
    own: httpx.AsyncClient
    others: httpx.AsyncClient

    def of(self, url: str) -> httpx.AsyncClient:
        """Return the client for a url."""
        return self.own if _origin(url) == self.origin else self.others


def _client(target: Target, context: ssl.SSLContext) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        trust_env=False, follow_redirects=False, verify=context, proxy=through(target.proxy)
    )


def _origin(url: str) -> Origin:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)


async def _bounded(
    fetching: Awaitable[Fetched], url: str, timeout_s: float, redactor: Redactor
) -> Fetched:
    try:
        async with asyncio.timeout(timeout_s):
            served = await fetching
    except TimeoutError:
        served = _problem(url, f"not served within {timeout_s:g} s")
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        served = _problem(url, f"{type(error).__name__}: {error}")
    except LimitedError as error:
        raise LimitedError(_clean(error.served, redactor), error.says) from None
    found = _clean(served, redactor)
    if len(found.body) < condensing.SHORTEST_FETCHED:
        return found
    return await asyncio.to_thread(condensing.without_body, found)


def _clean(served: Fetched, redactor: Redactor) -> Fetched:
    return Fetched(
        redactor.clean_text(served.url),
        served.status,
        served.content_type,
        redactor.clean(served.body),
        redactor.clean_text(served.problem),
        served.skipped,
    )


async def _fetch(clients: _Clients, url: str, target: Target, most_bytes: int) -> Fetched:
    at = url
    for _ in range(MAX_REDIRECTS + 1):
        parts = urlsplit(at)
        if parts.scheme == "data" and at == url:
            return _data(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return _problem(url, "is no absolute http(s) address")
        parts.port  # noqa: B018 - reading it is what checks its range
        if text := await _forbidden(parts.hostname, target):
            return Fetched(url, None, "", b"", text, skipped=True)
        async with clients.of(at).stream("GET", at, headers={"accept": "image/*,*/*"}) as answer:
            if answer.is_redirect:
                at = urljoin(at, answer.headers.get("location", ""))
                continue
            content = bytearray()
            async for piece in answer.aiter_bytes():
                content += piece
                if len(content) > most_bytes:
                    return _problem(url, f"serves more than {most_bytes} bytes")
            kind = answer.headers.get("content-type", "")
            found = Fetched(url, answer.status_code, kind, bytes(content))
            reply = Reply(answer.status_code, tuple(answer.headers.items()), b"")
            if is_busy(reply):
                says = told(reply, time.time())
                text = f"answered {answer.status_code}, which asks to fetch it later"
                raise LimitedError(replace(found, problem=text), says)
            return found
    return _problem(url, f"redirects more than {MAX_REDIRECTS} times")


def _data(url: str) -> Fetched:
    head, _, payload = url[5:].partition(",")
    if head.endswith(";base64"):
        import base64  # noqa: PLC0415 - data: urls are rare

        return Fetched(url, 200, head.partition(";")[0], base64.b64decode(payload))
    return Fetched(url, 200, head.partition(";")[0], unquote_to_bytes(payload))


def _problem(url: str, text: str) -> Fetched:
    return Fetched(url, None, "", b"", text)


async def _forbidden(host: str, target: Target) -> str:
    """Return why a host is not asked, or nothing."""
    try:
        allowed = await _allowed(host, target)
    except OSError:
        if target.proxy is None:
            raise
        # What the proxy would reach there cannot be checked.
        return "names a host that this machine cannot look up, so the proxy is not asked for it"
    return "" if allowed else "names a private address, and the target is not at one"


async def _allowed(host: str, target: Target) -> bool:
    if host == target.host:
        return True
    asked, own = await _addresses(host), await _addresses(target.host)
    # Clouds serve secrets at link-local addresses: a private target alone does not allow them.
    if any(a.is_link_local for a in asked):
        return any(a.is_link_local for a in own)
    return all(a.is_global for a in asked) or not all(a.is_global for a in own)


async def _addresses(host: str) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    infos = await asyncio.get_running_loop().getaddrinfo(host, None)
    found = [ipaddress.ip_address(str(info[4][0]).partition("%")[0]) for info in infos]
    return [getattr(a, "ipv4_mapped", None) or a for a in found]
