"""Delivers requests that httpx refuses to write, byte for byte, each over its own connection.

h11 parses the answers; it writes none of the bytes.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import h11

from conformance.http.deliveries import ANSWERS, DELIVERIES, End, Write
from conformance.send.wire import opening
from conformance.send.wire.gathering import Gathering

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.http.bounds import Share
    from conformance.http.deliveries import Head, Step
    from conformance.http.facts import Cut
    from conformance.send.wire.opening import Address
    from conformance.send.wire.received import Received

# As long as curl waits for 100 Continue before it sends the body all the same.
CONTINUE_S = 1.0
# How long to look for bytes behind the last answer.
SURPLUS_S = 0.05
# As long as a server may take to answer, or to close, before it gets what it may be waiting for.
MISSING_S = 1.0


@dataclass(frozen=True)
class Answered:
    """One answer as it was read; `surplus` is what came behind the last one that was asked for."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    http_version: str
    surplus: bytes = b""
    cut: Cut | None = None


@dataclass(frozen=True)
class _Reading:
    """How answers are read: the most bytes of one, who takes them as they come, and their memory."""

    most: int
    received: Received
    share: Share | None


async def deliver(
    address: Address,
    head: Head,
    body: bytes,
    delivery: str,
    *,
    most: int,
    received: Received,
    share: Share | None = None,
) -> list[Answered]:
    """Deliver a request and return its answers: one, or fewer than expected if the server closes.

    Args:
        address: the server.
        head: the request's head.
        body: its body.
        delivery: one of `DELIVERIES`.
        most: how many bytes an answer may have.
        received: takes the bytes as they come.
        share: what the answers may take of the memory for those that are read.

    Raises:
        ConnectionError: the connection could not be made, or broke before the first answer.
        NoTunnelError: a proxy does not open the connection.
        h11.RemoteProtocolError: what came is no HTTP, or it broke off.
        OverflowError: an answer is larger than `most`.
    """
    steps = DELIVERIES[delivery](head, body)
    reading = _Reading(most, received, share)
    return await _delivered(address, steps, ANSWERS.get(delivery, 1), reading)


async def _delivered(
    address: Address, steps: Iterator[Step], wanted: int, reading: _Reading
) -> list[Answered]:
    try:
        reader, writer = await opening.connection(address)
    except opening.NoTunnelError:
        raise
    except OSError as error:
        raise ConnectionRefusedError(str(error)) from error
    try:
        answers = _Answers(reader, reading)
        # A server may answer and close before the request is written: the answer is still read.
        with contextlib.suppress(ConnectionError):
            await _take(steps, writer, answers, ends=address.passes_on_its_end)
        found = [await answers.next()]
        while len(found) < wanted:
            try:
                found.append(await answers.next())
            except (ConnectionError, h11.RemoteProtocolError):
                break
        found[-1] = replace(found[-1], surplus=await answers.surplus())
        return found
    finally:
        writer.close()


async def _take(
    steps: Iterator[Step], writer: asyncio.StreamWriter, answers: _Answers, *, ends: bool
) -> None:
    for step in steps:
        if isinstance(step, Write):
            writer.write(step.content)
            await writer.drain()
            if step.pause_s:
                await asyncio.sleep(step.pause_s)
        elif isinstance(step, End):
            if ends:
                writer.write_eof()
            elif step.missing and not await answers.began(MISSING_S):
                writer.write(step.missing)
                await writer.drain()
        elif await answers.began(CONTINUE_S):
            return


class _Answers:
    """Reads final answers from a connection and skips interim ones."""

    def __init__(self, reader: asyncio.StreamReader, reading: _Reading) -> None:
        self._reader = reader
        self._received = reading.received
        self._most, self._share = reading.most, reading.share
        self._parser = self._new()
        self._first: h11.Response | None = None

    def _new(self) -> h11.Connection:
        parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=256 * 1024)
        # The parser accepts an answer only after a request; this one is never written.
        parser.send(h11.Request(method="POST", target="/", headers=[("host", "x")]))
        parser.send(h11.EndOfMessage())
        return parser

    async def began(self, seconds: float) -> bool:
        """Wait a while for an interim answer; return whether a final one came instead."""
        try:
            async with asyncio.timeout(seconds):
                event = await self._event()
        except TimeoutError:
            return False
        if isinstance(event, h11.Response):
            self._first = event
        return isinstance(event, h11.Response)

    async def next(self) -> Answered:
        """Read the next final answer."""
        event: object = self._first or await self._event()
        self._first = None
        while isinstance(event, h11.InformationalResponse):
            event = await self._event()
        if not isinstance(event, h11.Response):
            raise ConnectionResetError("the server closed the connection without an answer")
        self._received.answered()
        body = Gathering(self._most, self._share)
        while isinstance(piece := await self._event(), h11.Data):
            body.add(bytes(piece.data))
        got = body.gathered()
        answered = Answered(
            status=event.status_code,
            headers=tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in event.headers),
            body=got.content,
            http_version=f"HTTP/{event.http_version.decode()}",
            cut=got.cut,
        )
        left, _ = self._parser.trailing_data
        self._parser = self._new()
        if left:
            self._parser.receive_data(left)
        return answered

    async def surplus(self) -> bytes:
        """Return what has come behind the last answer that was read."""
        content = bytes(self._parser.trailing_data[0])
        with contextlib.suppress(TimeoutError, OSError):
            content += await asyncio.wait_for(self._reader.read(65_536), SURPLUS_S)
        return content

    async def _event(self) -> object:
        while (event := self._parser.next_event()) is h11.NEED_DATA:
            read = await self._reader.read(65_536)
            self._received.add(read)
            if self._received.is_endless:
                raise h11.RemoteProtocolError("more than 1 MB came before an answer")
            waits = self._parser.their_state is h11.SEND_RESPONSE
            if not read and waits and not self._parser.trailing_data[0]:
                raise ConnectionResetError("the server closed the connection without an answer")
            self._parser.receive_data(read)
        if event is h11.PAUSED:
            raise ConnectionResetError("the server sent no further answer")
        return event
