"""A server that can end and start again, and that may close what is idle."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING

from tests.serving import HOST, free_port, on_the_wire, pictures_answer, read_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GOOD = on_the_wire(pictures_answer())


class Mortal:
    """A server that can end and start again; `lives` counts how often it started."""

    def __init__(
        self, now: Callable[[], float] = time.monotonic, idle_s: float = float("inf")
    ) -> None:
        self._now, self._idle_s = now, idle_s
        self.port = free_port()
        self.url = f"http://{HOST}:{self.port}"
        self.lives = 0
        self._lock = threading.Lock()
        self._open: dict[socket.socket, float] = {}
        self._listener: socket.socket | None = None

    def start(self) -> None:
        with self._lock:
            self._listener = listener = socket.create_server((HOST, self.port), backlog=64)
            self.lives += 1
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def end(self) -> None:
        with self._lock:
            ending, self._open = [*self._open], {}
            if self._listener is not None:
                ending.append(self._listener)
            self._listener = None
        _close(ending)

    def close_idle(self) -> None:
        """Close every connection that was opened `idle_s` ago."""
        with self._lock:
            old = [c for c, at in self._open.items() if self._now() - at >= self._idle_s]
            for one in old:
                del self._open[one]
        _close(old)

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with self._lock:
                    self._open[connection] = self._now()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while read_request(connection):
                connection.sendall(GOOD)


def _close(ending: list[socket.socket]) -> None:
    for one in ending:
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()


@contextlib.contextmanager
def mortal(
    now: Callable[[], float] = time.monotonic, idle_s: float = float("inf")
) -> Iterator[Mortal]:
    server = Mortal(now, idle_s)
    server.start()
    try:
        yield server
    finally:
        server.end()
