"""Serves a behaviour over HTTP: `serve` until a signal comes, `running` for a block of code."""

from __future__ import annotations

import asyncio
import contextlib
import re
import signal
import socket
import threading
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from conformance.reference.gateway import Gateway, answer, refusal
from conformance.reference.protocol import CONNECTION, protocol_of
from conformance.reference.values import Call, Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.types import ASGIApp, Receive, Scope, Send

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.values import Answer

_HOST = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?|\[[0-9a-fA-F:.]+\](:[0-9]{1,5})?")
TOO_LARGE = Fault(413, "the body is too large", code="request_too_large")
TOO_SLOW = Fault(408, "the body did not arrive in time", code="request_timeout")


def serve(
    behaviour: Behaviour,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    provider: str = "",
    announce: Callable[[str], None],
) -> None:
    """Serve until a signal stops it; `announce` gets the base URL once the gateway listens.

    With the base url of a `provider`, the gateway forwards orders to it.
    """
    with _listening(host, port) as listener:
        server = _Server(Gateway(behaviour, provider), lambda: announce(_base_url(listener)))
        asyncio.run(server.serve(sockets=[listener]))


@contextlib.contextmanager
def running(behaviour: Behaviour, provider: str = "", *, behind_tls: bool = False) -> Iterator[str]:
    """Serve in a thread while the block runs; the value is the base URL.

    With `behind_tls` something that stands before it takes TLS off, and its urls say https.
    """
    with _listening("127.0.0.1", 0) as listener:
        server = _Server(Gateway(behaviour, provider), lambda: None, behind_tls=behind_tls)
        thread = threading.Thread(
            target=lambda: asyncio.run(server.serve(sockets=[listener])), daemon=True
        )
        thread.start()
        try:
            yield _base_url(listener)
        finally:
            server.stop()
            thread.join()


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio turns Nagle's algorithm off; without, answers take 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(256)
    return listener


def _base_url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(uvicorn.Server):
    """uvicorn's server; it calls back once it listens, and returns when it ends."""

    def __init__(
        self, gateway: Gateway, on_listening: Callable[[], None], *, behind_tls: bool = False
    ) -> None:
        self._on_listening = on_listening
        self._behaviour = gateway.behaviour
        self._ending: asyncio.Future[None] | None = None
        self._ticking: asyncio.Future[None] | None = None
        config = uvicorn.Config(
            _application(gateway, "https" if behind_tls else "http", self._end_in),
            http=protocol_of(gateway.behaviour),
            ws="none",
            lifespan="off",
            loop="asyncio",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            headers=[("server", "conformance-reference")],
            timeout_keep_alive=gateway.behaviour.idle_s,
            timeout_graceful_shutdown=1,
            h11_max_incomplete_event_size=64 * 1024,
        )
        super().__init__(config)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        if sockets:
            self._address = sockets[0].getsockname()[:2]
        await super().startup(sockets)
        self._on_listening()

    def stop(self) -> None:
        """End at once, from another thread: uvicorn itself looks ten times a second."""
        self.should_exit = True
        if self._ticking is not None:
            with contextlib.suppress(RuntimeError):  # its loop has ended by itself
                self._ticking.get_loop().call_soon_threadsafe(self._ticking.cancel)

    async def main_loop(self) -> None:
        self._ticking = asyncio.ensure_future(super().main_loop())
        with contextlib.suppress(asyncio.CancelledError):
            await self._ticking

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close everything without waiting for answers: the gateway keeps no state."""
        for listener in (*self.servers, *(sockets or ())):
            listener.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        # A connection that is closed gets to know it in the next round of the loop.
        await asyncio.sleep(0)

    def _end_in(self, seconds: float) -> None:
        if self._ending is None:
            self._ending = asyncio.ensure_future(self._end(seconds))

    async def _end(self, seconds: float) -> None:
        """End as a process that is killed: nobody listens, and every connection breaks."""
        await asyncio.sleep(seconds)
        loop = asyncio.get_running_loop()
        for server in self.servers:
            for listener in server.sockets:
                loop.remove_reader(listener.fileno())
        # What was accepted a moment ago gets its protocol first: asyncio would forget it open.
        for _ in range(4):
            await asyncio.sleep(0)
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        back_after_s = self._behaviour.back_after_s
        if back_after_s is None:
            self.should_exit = self.force_exit = True
            return
        await asyncio.sleep(back_after_s)
        server = await loop.create_server(
            lambda: protocol_of(self._behaviour)(
                config=self.config,
                server_state=self.server_state,
                app_state=self.lifespan.state,
                _loop=loop,
            ),
            sock=_listening(*self._address),
        )
        self.servers, self._ending = [server], None

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # uvicorn's own handler raises the signal again at the end, which would end the caller.
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def _application(gateway: Gateway, scheme: str, end_in: Callable[[float], None]) -> ASGIApp:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        transport, number, nth = scope[CONNECTION]
        request = Request(scope, receive)
        call = Call(
            method=request.method,
            path=scope["path"],
            query=scope["query_string"].decode("latin-1"),
            headers=tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in scope["headers"]),
            base_url=_reached_at(request, scheme),
            connection=number,
            nth=nth,
        )
        try:
            result = await _answer(gateway, call, request)
        except ClientDisconnect:
            return
        if result.dropped:
            transport.abort()
            if result.ends_in_s is not None:
                end_in(result.ends_in_s)
            return
        await _response(gateway.behaviour, result)(scope, receive, send)
        if result.behind:
            transport.write(result.behind)
        if result.ends_in_s is not None:
            end_in(result.ends_in_s)

    return application


async def _answer(gateway: Gateway, call: Call, request: Request) -> Answer:
    limit = gateway.behaviour.max_body
    body: list[bytes] = []
    received = 0
    try:
        async with asyncio.timeout(gateway.behaviour.reads_s):
            async for chunk in request.stream():
                # A body that is too large is read, too: a client that is cut off may miss the answer.
                received += len(chunk)
                if received <= limit and chunk:
                    body.append(chunk)
    except TimeoutError:
        return refusal(gateway, call, TOO_SLOW)
    if received > limit:
        return refusal(gateway, call, TOO_LARGE)
    whole = Call(**{**vars(call), "body": gateway.behaviour.body_of(body)})
    gateway.behaviour.on_arrival(whole)
    if busy_s := gateway.behaviour.thinking_s + gateway.behaviour.reading_s(whole):
        await asyncio.sleep(busy_s)
    if gateway.provider:
        # In a thread, because other requests must not wait for the provider.
        return await asyncio.to_thread(answer, gateway, whole)
    result = answer(gateway, whole)
    if result.drawn and gateway.behaviour.drawing_s:
        await asyncio.sleep(gateway.behaviour.drawing_s)
    return result


def _reached_at(request: Request, scheme: str) -> str:
    # A server before this one that takes TLS off says so, if it writes headers at all.
    if request.headers.get("x-forwarded-proto") == "https":
        scheme = "https"
    host = request.headers.get("host", "")
    if _HOST.fullmatch(host) is None:
        address, port = request.scope["server"]
        host = f"{address}:{port}"
    return f"{scheme}://{host}"


def _response(behaviour: Behaviour, result: Answer) -> ASGIApp:
    if behaviour.chunked:
        response: Response = StreamingResponse(_pieces(result.body), result.status)
    else:
        response = Response(result.body, result.status)
    for name, value in result.headers:
        response.headers.append(name, value)
    if result.closing or behaviour.closing:
        response.headers.append("connection", "close")
    return response


async def _pieces(body: bytes) -> Any:
    for start in range(0, len(body), 1000):
        yield body[start : start + 1000]
