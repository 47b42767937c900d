"""One connection that is kept for the next request, and what came on it behind an answer.

Nothing may follow an answer that nobody asked for (RFC 9112 §6.3, §9.2; RFC 9110 §9.3.2 for HEAD):
a client takes it for the answer to its next request. So a connection is looked at behind each
answer, again before it is used, and at the end; one with bytes on it is closed, and the bytes are
kept as evidence against the request that came before them. One that served an answer without a body
is not used again: a body that follows late would be the next answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpcore
import httpx

from conformance.send.wire import received

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from conformance.http.request import Request
    from conformance.target.proxy import Proxy

KEEPALIVE_S = 2.0
# No server closes a connection as idle that served so short a while ago.
FRESH_S = 1.0
MOST_BYTES = 65_536
# How long a connection rests before it is used again: what follows an answer by mistake may come a
# moment later, and would be the next request's answer.
REST_S = 0.02
# So many may rest at once before one is waited for.
MOST_RESTING = 12
# How long to wait for bytes that the socket says are there.
THERE_S = 0.02
# How long to wait behind an answer without a body: one may follow in a packet of its own.
BODILESS_S = 0.05
# What follows by mistake follows within so many seconds.
LATE_S = 0.5
# So many connections are watched for it.
MOST_PARKED = 16
WITHOUT_BODY = frozenset({204, 304})
MOST_FOUND = 200
SHOWN_BYTES = 80
# A server may say why it closes an idle connection (RFC 9110 §15.5.9).
FAREWELL = re.compile(
    rb"HTTP/1\.[01] (408|[45]\d\d[^\r\n]*\r\n(?:.*\r\n)?connection: *close\r\n)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True)
class Surplus:
    """Bytes behind the answer to a request, credentials already replaced."""

    request: Request
    content: bytes

    @property
    def shown(self) -> str:
        """The beginning of these bytes, as a report can show it."""
        return repr(self.content[:SHOWN_BYTES])[1:]


@dataclass
class SurplusFound:
    """What came behind answers in one run; used on the network's thread."""

    found: list[Surplus] = field(default_factory=list)

    def note(self, request: Request, content: bytes) -> None:
        """Note bytes behind an answer, if there are any that do more than say that the server closes."""
        if content and not FAREWELL.match(content) and len(self.found) < MOST_FOUND:
            self.found.append(Surplus(request, content))


class Kept:
    """One connection to a server, opened when it is needed; `stands` looks at it between requests."""

    def __init__(self, http: httpx.AsyncHTTPTransport) -> None:
        # One httpx pool for all connections would look at every one of them for each request.
        self.http = http
        self.received = received.on(http)
        self.last: Request | None = None
        # Whether it takes the place of one that the server closed although it had just served.
        self.replaces_broken = False
        # Whether its last answer had no body, as none may have in answer to HEAD.
        self.is_bodiless = False
        self.had_surplus = False
        # Who reads holds it: two would take each other's bytes.
        self.looking = asyncio.Lock()
        self._closing = False
        self._used_at = 0.0
        self._stream: httpcore.AsyncNetworkStream | None = None

    def carried(self, request: Request, answer: httpx.Response) -> None:
        """Remember the request whose answer has begun."""
        self.last, self._stream = request, answer.extensions.get("network_stream")
        self.is_bodiless = request.method == "HEAD" or answer.status_code in WITHOUT_BODY
        told = answer.headers.get("connection", "").lower()
        self._closing = "close" in told or answer.extensions.get("http_version") == b"HTTP/1.0"
        self.used()

    def used(self) -> None:
        """Note that it is free from now on."""
        self._used_at = time.monotonic()

    @property
    def is_fresh(self) -> bool:
        """Whether it served a moment ago, so that its server had no reason to close it."""
        return not self._closing and time.monotonic() - self._used_at < FRESH_S

    def left_of(self, seconds: float) -> float:
        """Return how much is left of so many seconds since its last answer."""
        return max(0.0, self._used_at + seconds - time.monotonic())

    async def behind(self) -> bytes:
        """Return what came behind an answer whose body was read, and was not asked for."""
        content = self._buffered()
        if not content:
            content = await self._arrived(BODILESS_S if self.is_bodiless else 0.0) or b""
        self.had_surplus = bool(content)
        return content

    async def stands(self, waits_s: float = 0.0) -> tuple[bool, bytes]:
        """Return whether an idle connection can be used, and what came on it that should not."""
        content = await self._arrived(waits_s)
        return content is None, content or b""

    async def close(self) -> None:
        """Close the connection."""
        with contextlib.suppress(Exception):
            await self.http.aclose()

    async def _arrived(self, waits_s: float = 0.0) -> bytes | None:
        """Return what came on an idle connection; nothing means its end, and None that it is open."""
        stream = self._stream
        if stream is None or not (waits_s or stream.get_extra_info("is_readable")):
            return None
        try:
            return await stream.read(MOST_BYTES, timeout=max(waits_s, THERE_S))
        except httpcore.TimeoutException:
            return None
        except (httpcore.NetworkError, RuntimeError):
            return b""

    def _buffered(self) -> bytes:
        """Return what h11 has read beyond the answer; httpcore has no door to it."""
        pool: Any = getattr(self.http, "_pool", None)
        for connection in getattr(pool, "connections", ()):
            state = getattr(getattr(connection, "_connection", None), "_h11_state", None)
            if state is not None:
                return bytes(state.trailing_data[0])
        return b""


class Spare:
    """The connections of one transport that are free.

    `new` makes a pool for one connection; `cleaned` takes credentials out of bytes; `most` may rest
    at once, and the last one of them is waited for.
    """

    def __init__(
        self,
        new: Callable[[], httpx.AsyncHTTPTransport],
        surplus: SurplusFound,
        cleaned: Callable[[bytes], bytes],
        most: int = MOST_RESTING,
    ) -> None:
        self._new = new
        self._surplus = surplus
        self._cleaned = cleaned
        self._most = most
        # The one that was used last is at the end.
        self._free: list[Kept] = []
        # Those that served an answer without a body: only looked at.
        self._parked: list[Kept] = []

    @contextlib.asynccontextmanager
    async def lent(self) -> AsyncIterator[Kept]:
        """Lend the connection that was free last and has rested, or a new one."""
        one, served = await self._usable(), False
        try:
            yield one
            served = True
        finally:
            # Where bytes came that nobody asked for, more may come: no connection is used again.
            if not served or one.had_surplus or self._surplus.found:
                await one.close()
            else:
                one.used()
                one.replaces_broken = False
                (self._parked if one.is_bodiless else self._free).append(one)
                for longest in self._parked[:-MOST_PARKED]:
                    self._parked.remove(longest)
                    await self._stands(longest, own=True)
                    await longest.close()

    async def broken(self) -> int:
        """Return how many of the free connections the server has closed by now."""
        idle = (*self._free, *self._parked)
        return sum([not await self._stands(one) and not one.had_surplus for one in idle])

    async def look(self) -> None:
        """See what came behind the last answers; a body that follows late is waited for."""
        for one in (*self._free, *self._parked):
            await self._stands(one, one.left_of(LATE_S) if one.is_bodiless else 0.0)
        await self.close()

    async def close(self) -> None:
        """Close every connection that is free."""
        closing = (*self._free, *self._parked)
        self._free, self._parked = [], []
        for one in closing:
            await one.close()

    async def _usable(self) -> Kept:
        one = next((k for k in reversed(self._free) if not k.left_of(REST_S)), None)
        if one is None and len(self._free) >= self._most:
            one = self._free[0]
        if one is None:
            return Kept(self._new())
        self._free.remove(one)
        if await self._stands(one, one.left_of(REST_S), own=True):
            return one
        new = Kept(self._new())
        new.replaces_broken = one.is_fresh and not one.had_surplus
        await one.close()
        return new

    async def _stands(self, one: Kept, waits_s: float = 0.0, *, own: bool = False) -> bool:
        """Note what came on a connection, if it is free or the caller's own; return whether it stands."""
        async with one.looking:
            is_free = one in self._free or one in self._parked
            stands, content = await one.stands(waits_s) if own or is_free else (True, b"")
        if content and one.last is not None:
            one.had_surplus = True
            self._surplus.note(one.last, self._cleaned(content))
        return stands


def through(proxy: Proxy | None) -> httpx.Proxy | None:
    """Return a proxy as httpx takes it."""
    return httpx.Proxy(proxy.url, headers=dict(proxy.headers)) if proxy else None
