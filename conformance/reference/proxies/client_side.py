"""A proxy's connection to a client: h11 reads the requests, one after the other."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import h11

from conformance.reference.proxies.gateway_side import READ_BYTES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from conformance.reference.proxies.wire import Piece

MOST_HEAD_BYTES = 64 * 1024
# How long, and how much of, a body is read on that an answer came too early for.
LINGER_S = 1.0
LINGER_BYTES = 30_000_000
REFUSED = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 22\r\n"
    b"Connection: close\r\n\r\nInvalid HTTP received."
)


class ClientSide:
    """A connection that a client opened."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._parser = h11.Connection(h11.SERVER, max_incomplete_event_size=MOST_HEAD_BYTES)

    async def request(self) -> h11.Request | None:
        """Read the head of the next request; None if the client closed the connection.

        Raises:
            h11.RemoteProtocolError: what came is no HTTP.
        """
        event = await self._event()
        return event if isinstance(event, h11.Request) else None

    async def body(self) -> AsyncIterator[bytes]:
        """Read the body of the request, piece by piece.

        Raises:
            h11.RemoteProtocolError: it is malformed, or the client closed the connection within it.
        """
        while isinstance(event := await self._event(), h11.Data):
            yield bytes(event.data)

    async def _event(self) -> object:
        while (event := self._parser.next_event()) is h11.NEED_DATA:
            self._parser.receive_data(await self._reader.read(READ_BYTES))
        return event

    @property
    def whole(self) -> bool:
        """Whether the request was read to its end."""
        return self._parser.their_state in (h11.DONE, h11.MUST_CLOSE, h11.CLOSED)

    def next_request(self) -> None:
        """Get ready for the next request; what came of it already is kept."""
        left, _ = self._parser.trailing_data
        self._parser = h11.Connection(h11.SERVER, max_incomplete_event_size=MOST_HEAD_BYTES)
        if left:
            self._parser.receive_data(left)

    async def write(self, pieces: Iterable[Piece]) -> None:
        """Write bytes, each piece in its time."""
        for piece in pieces:
            await asyncio.sleep(piece.wait_s)
            self._writer.write(piece.content)
            await self._writer.drain()

    async def linger(self) -> None:
        """Read on for a moment, so that the client gets the answer before the connection ends."""
        if self._writer.can_write_eof():
            self._writer.write_eof()
        read = 0
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LINGER_S):
                while read < LINGER_BYTES and (piece := await self._reader.read(READ_BYTES)):
                    read += len(piece)

    def drop(self) -> None:
        """End the connection at once."""
        self._writer.transport.abort()

    def close(self) -> None:
        """Close the connection once all is written."""
        self._writer.close()
