"""Serves a behaviour over HTTP: `serve` until a signal comes, `running` for a block of code."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import threading
from typing import TYPE_CHECKING

import uvicorn

from conformance.reference.application import application
from conformance.reference.gateway import Gateway
from conformance.reference.protocol import protocol_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.reference.behaviour import Behaviour


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
            application(gateway, "https" if behind_tls else "http", self._end_in),
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
