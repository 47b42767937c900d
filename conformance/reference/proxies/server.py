"""Serves a proxy before a gateway: `running` for a block of code, `serve` until a signal comes.

Each client's connection has a connection of its own to the gateway, so that what a gateway does with
a connection that it served before shows through the proxy. Nothing is sent twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
import threading
from random import Random
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import h11

from conformance.reference.proxies import wire
from conformance.reference.proxies.client_side import REFUSED, ClientSide
from conformance.reference.proxies.documents import parsed
from conformance.reference.proxies.gateway_side import GatewaySide, decoded, end_to_end
from conformance.reference.proxies.values import Answered, Asked, Content

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator, Sequence

    from conformance.reference.proxies.gateway_side import Got
    from conformance.reference.proxies.values import Change, Headers

EXPECT = "100-continue"


@contextlib.contextmanager
def running(gateway: str, changes: Sequence[Change], seed: int = 1) -> Iterator[str]:
    """Serve in a thread while the block runs; the value is the base URL.

    Args:
        gateway: the base URL of the gateway, http://HOST:PORT.
        changes: what the proxy changes, applied one after the other.
        seed: what the changes draw from.
    """
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    proxy = _Proxy(gateway, changes, seed)
    thread = threading.Thread(
        target=lambda: loop.run_until_complete(proxy.serve(listener, stop)),
        name="proxy",
        daemon=True,
    )
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


def serve(
    gateway: str, changes: Sequence[Change], *, port: int, announce: Callable[[str], None]
) -> None:
    """Serve until the process is interrupted; `announce` gets the base URL.

    Raises:
        OSError: the port cannot be bound.
    """
    listener = socket.create_server(("127.0.0.1", port), backlog=256)
    announce(f"http://127.0.0.1:{listener.getsockname()[1]}")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_Proxy(gateway, changes, seed=1).serve(listener, asyncio.Event()))


class _Proxy:
    def __init__(self, gateway: str, changes: Sequence[Change], seed: int) -> None:
        self._gateway = urlsplit(gateway)
        self._changes = changes
        self._seed = seed
        self._numbers = itertools.count()
        self._open: set[asyncio.Task[None]] = set()

    async def serve(self, listener: socket.socket, stop: asyncio.Event) -> None:
        server = await asyncio.start_server(self._connected, sock=listener)
        await stop.wait()
        server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        client = ClientSide(reader, writer)
        gateway = GatewaySide(str(self._gateway.hostname), self._gateway.port or 80)
        try:
            while await self._one(client, gateway):
                client.next_request()
        except h11.ProtocolError:
            with contextlib.suppress(OSError):
                await client.write([wire.Piece(REFUSED)])
                await client.linger()
        except (OSError, _GatewayError):
            client.drop()
        except asyncio.CancelledError:
            client.drop()  # the block ends; asyncio would report a handler that was cancelled
        finally:
            gateway.close()
            client.close()
            self._open.discard(task)

    async def _one(self, client: ClientSide, gateway: GatewaySide) -> bool:
        """Answer one request; return whether the connection can serve another one."""
        request = await client.request()
        if request is None:
            return False
        asked = Asked(
            method=request.method.decode("latin-1"),
            target=request.target.decode("latin-1"),
            headers=decoded(request),
            version=request.http_version.decode("latin-1"),
            gateway=gateway.address,
            random=Random(f"{self._seed}:{next(self._numbers)}"),  # noqa: S311 - drawn from a seed, guards nothing
        )
        answer = self._changed(await self._forwarded(asked, client, gateway), asked)
        await client.write(wire.pieces(answer, asked))
        if not client.whole:
            await client.linger()
        return client.whole and not wire.closes(answer, asked)

    async def _forwarded(self, asked: Asked, client: ClientSide, gateway: GatewaySide) -> Got:
        continues = any(change.continues for change in self._changes)
        if continues and asked.header("expect").lower() == EXPECT:
            await client.write([wire.Piece(wire.CONTINUE)])
        whole = None
        if any(change.buffers for change in self._changes):
            whole = b"".join([piece async for piece in client.body()])
        headers = end_to_end(asked.headers)
        for change in self._changes:
            headers = change.on_request(headers, asked)
        if continues:
            headers = _without(headers, "expect")
        if asked.header("transfer-encoding"):
            headers = (*_without(headers, "content-length"), _framing(whole))
        await gateway.begin(asked.method, asked.target, headers)

        async def interim(status: int) -> None:
            if status == 100 and asked.version != "1.0":  # noqa: PLR2004 - an HTTP status
                await client.write([wire.Piece(wire.CONTINUE)])

        return await _answer_while(_sent(whole, client, gateway), gateway.answer(interim))

    def _changed(self, got: Got, asked: Asked) -> Answered:
        headers = _without(end_to_end(got.headers), "content-length")
        bodiless = asked.method == "HEAD"
        if bodiless:
            headers += tuple(h for h in got.headers if h[0].lower() == "content-length")
        answer = Answered(got.status, got.reason, headers, Content(got.body))
        answer = _with_document(answer)
        for change in self._changes:
            answer = change.on_answer(answer, asked)
        return answer


def _framing(whole: bytes | None) -> tuple[str, str]:
    if whole is None:
        return "Transfer-Encoding", "chunked"
    return "Content-Length", str(len(whole))


async def _sent(whole: bytes | None, client: ClientSide, gateway: GatewaySide) -> None:
    """Send the body of a request on: piece by piece as it comes, or whole."""
    if whole is None:
        async for piece in client.body():
            await gateway.send(h11.Data(data=piece))
    elif whole:
        await gateway.send(h11.Data(data=whole))
    await gateway.send(h11.EndOfMessage())


class _GatewayError(Exception):
    """The gateway gave no whole answer; the client gets none either."""


async def _answer_while(body: Coroutine[Any, Any, None], answer: Coroutine[Any, Any, Got]) -> Got:
    """Return the gateway's answer, which may come before the request's body is sent whole."""
    sending, reading = asyncio.ensure_future(body), asyncio.ensure_future(answer)
    try:
        await asyncio.wait((sending, reading), return_when=asyncio.FIRST_COMPLETED)
        if not reading.done() and not isinstance(sending.exception(), OSError):
            sending.result()
        try:
            return await reading
        except (OSError, h11.RemoteProtocolError) as error:
            raise _GatewayError from error
    finally:
        for task in (sending, reading):
            task.cancel()
        await asyncio.gather(sending, reading, return_exceptions=True)


def _with_document(answer: Answered) -> Answered:
    kind = answer.header("content-type").partition(";")[0].strip().lower()
    if kind != "application/json" or answer.header("content-encoding"):
        return answer
    try:
        document = parsed(answer.content.body)
    except (ValueError, RecursionError):
        return answer
    return Answered(
        answer.status, answer.reason, answer.headers, Content(answer.content.body, document)
    )


def _without(headers: Headers, name: str) -> Headers:
    return tuple(header for header in headers if header[0].lower() != name)
