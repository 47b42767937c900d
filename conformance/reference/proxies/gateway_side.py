"""A proxy's connection to the gateway: h11 writes the requests and reads the answers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import h11

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from conformance.reference.proxies.values import Headers

READ_BYTES = 65_536
# What concerns one connection alone is not sent on (RFC 9110 §7.6.1).
HOP_BY_HOP = frozenset(
    {
        *("connection", "keep-alive", "proxy-connection", "proxy-authenticate"),
        *("te", "trailer", "transfer-encoding", "upgrade"),
    }
)


@dataclass(frozen=True)
class Got:
    """One final answer as the gateway sent it."""

    status: int
    reason: str
    headers: Headers
    body: bytes


def end_to_end(headers: Headers) -> Headers:
    """Return the headers that are sent on."""
    named = {
        token.strip().lower()
        for name, value in headers
        if name.lower() == "connection"
        for token in value.split(",")
    }
    dropped = HOP_BY_HOP | named
    return tuple(header for header in headers if header[0].lower() not in dropped)


def decoded(message: h11.Request | h11.Response) -> Headers:
    """Return the headers of a message as texts, with the names as they were written."""
    raw = message.headers.raw_items()
    return tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in raw)


class GatewaySide:
    """A connection to the gateway, opened when it is needed and used again while both sides may."""

    def __init__(self, host: str, port: int) -> None:
        self.address = f"{host}:{port}"
        self._where = host, port
        self._wire: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._parser = h11.Connection(h11.CLIENT)

    async def begin(self, method: str, target: str, headers: Headers) -> None:
        """Send the head of a request, over a new connection if the last one cannot be used.

        Raises:
            OSError: the gateway cannot be reached.
        """
        self._next_cycle()
        if self._wire is None:
            self._wire = await asyncio.open_connection(*self._where)
            self._parser = h11.Connection(h11.CLIENT)
        names = {name.lower() for name, _ in headers}
        if "host" not in names:
            headers = (("Host", self.address), *headers)
        # A value may have any byte above ASCII, which h11 takes as bytes alone (RFC 9110 §5.5).
        encoded = [(k.encode("latin-1"), v.encode("latin-1")) for k, v in headers]
        await self.send(h11.Request(method=method, target=target, headers=encoded))

    def _next_cycle(self) -> None:
        if self._wire is None:
            return
        ended = (self._parser.our_state, self._parser.their_state) == (h11.DONE, h11.DONE)
        if not ended or self._wire[0].at_eof() or self._parser.trailing_data[0]:
            self.close()
        else:
            self._parser.start_next_cycle()

    async def send(self, event: h11.Event) -> None:
        """Send a part of a request."""
        assert self._wire is not None
        self._wire[1].write(self._parser.send(event) or b"")
        await self._wire[1].drain()

    async def answer(self, on_interim: Callable[[int], Awaitable[None]]) -> Got:
        """Read the final answer; `on_interim` gets the status of each one before it.

        Raises:
            ConnectionError: the gateway closed the connection before the answer was whole.
            h11.RemoteProtocolError: what it sent is no HTTP.
        """
        body: list[bytes] = []
        head: h11.Response | None = None
        while True:
            event = await self._event()
            if isinstance(event, h11.InformationalResponse):
                await on_interim(event.status_code)
            elif isinstance(event, h11.Response):
                head = event
            elif isinstance(event, h11.Data):
                body.append(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                reason = head.reason.decode("latin-1")
                return Got(head.status_code, reason, decoded(head), b"".join(body))
            else:
                raise ConnectionResetError("the gateway closed the connection")

    async def _event(self) -> object:
        assert self._wire is not None
        while (event := self._parser.next_event()) is h11.NEED_DATA:
            self._parser.receive_data(await self._wire[0].read(READ_BYTES))
        return event

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._wire is not None:
            self._wire[1].close()
            self._wire = None
