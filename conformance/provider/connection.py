"""One connection to the provider, over HTTP/1.1.

It is written on h11, because it must be able to hang up and to send an answer without an end.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import h11

from conformance.http.provider_call import HUNG_UP

if TYPE_CHECKING:
    from conformance.provider.faults import Reply

SERVER = "conformance-stand-in-provider"
MOST_BYTES = 40_000_000
READ_BYTES = 65_536
IDLE_S = 60.0
DRIP_S = 0.1


class Connection:
    """One connection: it reads a request, and sends the reply as the reply says."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._state = h11.Connection(h11.SERVER, max_incomplete_event_size=256_000)

    @property
    def url(self) -> str:
        """The address at which the caller reached this provider, whatever its Host header says."""
        host, port = self._writer.get_extra_info("sockname")[:2]
        host = host.removeprefix("::ffff:").partition("%")[0]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def next_request(self) -> h11.Request | None:
        """Return the next request, or None at the end of the connection."""
        event = await self._event()
        return event if isinstance(event, h11.Request) else None

    async def body(self) -> bytes:
        """Read a body to its end; bytes beyond the limit are dropped.

        A body that was announced, and of which nothing came, is empty: so is that of a retry whose
        first try has read the stream.
        """
        content = bytearray()
        if self._state.they_are_waiting_for_100_continue:
            await self._write(h11.InformationalResponse(status_code=100, headers=[]))
        try:
            while isinstance(event := await self._event(), h11.Data):
                if len(content) <= MOST_BYTES:
                    content += event.data
        except h11.RemoteProtocolError:
            if content:
                raise
        return bytes(content)

    async def send(self, reply: Reply) -> str:
        """Send a reply, and say how the call ended."""
        if reply.delay_s and await self._hung_up_within(reply.delay_s):
            return HUNG_UP
        await asyncio.sleep(0)  # lets asyncio report that the caller hung up meanwhile
        if self._reader.at_eof():
            return HUNG_UP
        if reply.dropped:
            self._writer.transport.abort()
            return "dropped by the provider"
        # A gateway that kept the connection would lose its next call: this run ends with it, and
        # not every pool notices that a connection was closed.
        headers = [("server", SERVER), ("connection", "close"), *reply.headers]
        if reply.content_type:
            headers.append(("content-type", reply.content_type))
        if reply.endless:
            await self._endlessly(reply, headers)
        headers.append(("content-length", str(len(reply.body))))
        await self._write(h11.Response(status_code=reply.status, headers=headers))
        await self._write(h11.Data(data=reply.body))
        await self._write(h11.EndOfMessage())
        return "answered"

    async def _endlessly(self, reply: Reply, headers: list[tuple[str, str]]) -> None:
        headers = [*headers, ("transfer-encoding", "chunked")]
        await self._write(h11.Response(status_code=reply.status, headers=headers))
        while not await self._hung_up_within(DRIP_S):
            await self._write(h11.Data(data=b" "))
        raise ConnectionResetError

    async def _hung_up_within(self, seconds: float) -> bool:
        try:
            received = await asyncio.wait_for(self._reader.read(READ_BYTES), seconds)
        except TimeoutError:
            return False
        if not received:
            return True
        self._state.receive_data(received)
        return False

    async def _event(self) -> object:
        while (event := self._state.next_event()) is h11.NEED_DATA:
            received = await asyncio.wait_for(self._reader.read(READ_BYTES), IDLE_S)
            self._state.receive_data(received)
        return event

    async def _write(self, event: h11.Event) -> None:
        self._writer.write(self._state.send(event) or b"")
        await self._writer.drain()
