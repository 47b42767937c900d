"""Serves an ASGI app on a free port of this machine while it is judged: real HTTP over real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import threading
from typing import TYPE_CHECKING, Any

from conformance.errors import ConformanceError, UsageError, told

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, MutableMapping

    import uvicorn

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    ASGIApp = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

HOST = "127.0.0.1"
STARTED_WITHIN_S = 60.0
# So long the app may finish what it answers, and run its shutdown.
ENDED_WITHIN_S = 10.0
LOOK_EVERY_S = 0.01
LOGGERS = ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi")


@contextlib.contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """Serve an app in a thread of its own while the block runs; the value is its base URL.

    The app starts (lifespan) in an event loop of this thread, and shuts down there when the block ends.
    What uvicorn logs about it is not shown.

    Raises:
        UsageError: the app cannot start.
    """
    import uvicorn  # noqa: PLC0415 - only an app needs a server

    failed: list[str] = []
    with _listener() as listener, _silenced():
        config = uvicorn.Config(
            _watched(app, failed),
            interface="asgi3",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=int(ENDED_WITHIN_S / 2),
        )
        server = _Server(config)
        thread = threading.Thread(
            target=_run, args=(server, listener, failed), name="judged app", daemon=True
        )
        thread.start()
        try:
            _wait(server, thread, failed)
            yield f"http://{HOST}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(ENDED_WITHIN_S)
            server.force_exit = True


def _Server(config: uvicorn.Config) -> uvicorn.Server:  # noqa: N802 - it makes a class that needs uvicorn
    import uvicorn  # noqa: PLC0415 - only an app needs a server

    class Quiet(uvicorn.Server):
        """A server that leaves the signals of the process alone, whichever thread it runs in."""

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    return Quiet(config)


def _run(server: uvicorn.Server, listener: socket.socket, failed: list[str]) -> None:
    try:
        asyncio.run(server.serve(sockets=[listener]))
    except BaseException as error:  # noqa: BLE001 - whatever ends the thread is told to whoever waits for it
        failed.append(told(error))


def _wait(server: uvicorn.Server, thread: threading.Thread, failed: list[str]) -> None:
    """Wait until the app has started.

    Raises:
        UsageError: it failed, or takes too long.
    """
    waited = threading.Event()
    left = int(STARTED_WITHIN_S / LOOK_EVERY_S)
    while not server.started and thread.is_alive() and left:
        waited.wait(LOOK_EVERY_S)
        left -= 1
    if server.started:
        return
    if thread.is_alive() and not failed:
        raise UsageError(
            f"the app has not started within {STARTED_WITHIN_S:.0f} s: its lifespan does not end its"
            " startup; see what it waits for"
        )
    why = failed[0].strip().rpartition("\n")[2] if failed else "it did not say why"
    raise UsageError(
        f"the app did not start: {why}; serve it alone, with `uvicorn`, to see the whole of it"
    )


def _watched(app: ASGIApp, failed: list[str]) -> ASGIApp:
    """Return the app, which notes what its lifespan says if it fails."""

    async def watched(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        async def noting(message: Message) -> None:
            if message["type"] == "lifespan.startup.failed":
                failed.append(str(message.get("message") or "its lifespan failed"))
            await send(message)

        await app(scope, receive, noting if scope["type"] == "lifespan" else send)

    return watched


def _listener() -> socket.socket:
    # With the protocol named, asyncio turns Nagle's algorithm off; without, answers take 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.bind((HOST, 0))
        listener.listen(256)
    except OSError as error:
        listener.close()
        raise ConformanceError(f"no port of this machine can be had: {error.strerror}") from error
    return listener


@contextlib.contextmanager
def _silenced() -> Iterator[None]:
    """Keep uvicorn's loggers quiet while the block runs."""
    before = {name: logging.getLogger(name).level for name in LOGGERS}
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)
