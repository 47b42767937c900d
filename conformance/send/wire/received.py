"""Keeps the first and the last bytes that come for a request, as they came over the wire.

What is not read as HTTP, or not handed on by the library that reads it (the reason phrase, interim
answers, trailers, a malformed head), is still what a client could have read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import httpcore

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable

    import httpx

    from conformance.http.redacting.vault import Vault

FIRST_BYTES = 65_536
LAST_BYTES = 2_048
# The end of a head that is no interim answer's.
HEAD_END = re.compile(rb"\A(?:HTTP/1\.. 1.*?\r?\n\r?\n)*.*?\r?\n\r?\n", re.DOTALL)
# The head of an answer has some kB (h11 takes 100), and each interim answer before it, too.
MOST_BEFORE = 1_000_000
# Where a whole answer was read, what it does not show stands in its head or behind its body.
HEAD_BYTES = 8_192


class Received:
    """What came on one connection since `begin`."""

    def __init__(self) -> None:
        self._first, self._last = bytearray(), b""
        self._length, self._answered = 0, False

    def begin(self) -> None:
        """Forget what came for an earlier request."""
        self._first, self._last = bytearray(), b""
        self._length, self._answered = 0, False

    def answered(self) -> None:
        """Note that the head of an answer was read."""
        self._answered = True

    @property
    def is_endless(self) -> bool:
        """Whether so much came before an answer that none will: a stream of interim answers."""
        return not self._answered and self._length > MOST_BEFORE

    def add(self, content: bytes) -> None:
        """Take bytes as they come."""
        self._length += len(content)
        if len(self._first) < FIRST_BYTES:
            self._first += content[: FIRST_BYTES - len(self._first)]
        self._last = content[-LAST_BYTES:]

    @property
    def all(self) -> bytes:
        """The first bytes that came."""
        return bytes(self._first)

    @property
    def around(self) -> bytes:
        """What stands before the body of an answer, and beside it where it came in chunks."""
        begun = bytes(self._first[:HEAD_BYTES])
        end = HEAD_END.search(begun)
        head = begun[: end.end()] if end else begun
        if b"chunked" not in head.lower():
            return head
        return begun + b"\n\x7f\n" + self._last


def shown(received: Received, vault: Vault, *, whole: bool) -> bytes:
    """Return the bytes that came where there is no answer, or a secret beside what an answer shows.

    Args:
        received: what came.
        vault: takes the secrets out.
        whole: whether an answer was read.
    """
    content = received.around if whole else received.all
    clean = vault.clean(content)
    return b"" if whole and clean is content else clean


def on(transport: httpx.AsyncHTTPTransport) -> Received:
    """Keep what comes on the connections of a transport."""
    received, pool = Received(), getattr(transport, "_pool", None)
    if pool is not None:
        own = pool._network_backend  # noqa: SLF001 - httpx has no parameter for it
        pool._network_backend = _Backend(own, received)  # noqa: SLF001 - httpx has no parameter for it
    return received


class _Backend(httpcore.AsyncNetworkBackend):
    """Opens connections as another backend does, and keeps what comes on them."""

    def __init__(self, own: httpcore.AsyncNetworkBackend, received: Received) -> None:
        self._own, self._received = own, received

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        stream = await self._own.connect_tcp(host, port, timeout, local_address, socket_options)
        return _Stream(stream, self._received)

    async def sleep(self, seconds: float) -> None:
        await self._own.sleep(seconds)


class _Stream(httpcore.AsyncNetworkStream):
    """A connection that keeps what is read from it."""

    def __init__(self, own: httpcore.AsyncNetworkStream, received: Received) -> None:
        self._own, self._received = own, received

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's signature
        content = await self._own.read(max_bytes, timeout)
        self._received.add(content)
        if self._received.is_endless:
            raise httpcore.RemoteProtocolError(
                f"more than {MOST_BEFORE:,} bytes came before an answer"
            )
        return content

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's signature
        await self._own.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._own.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
    ) -> httpcore.AsyncNetworkStream:
        secure = await self._own.start_tls(ssl_context, server_hostname, timeout)
        return _Stream(secure, self._received)

    def get_extra_info(self, info: str) -> Any:
        return self._own.get_extra_info(info)
