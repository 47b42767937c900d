"""What httpcore tells of one request while it is sent."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio

    from conformance.http.bounds import Share


class Trace:
    """Whether one request opened a connection and got an answer."""

    def __init__(self, connect_s: float | None = None) -> None:
        # How long the connection may take to come about.
        self.connect_s = connect_s
        self.reused = True
        self.answered = False
        # What came behind the answer, and whether its kept connection had broken before.
        self.surplus = b""
        # What the answer may take of the memory for those that are read.
        self.share: Share | None = None
        # The clock of the exchange, and when its last byte had come.
        self.clock: asyncio.Timeout | None = None
        self.arrived_at: float | None = None
        self.broken = False
        self.local_port: int | None = None

    async def __call__(self, event: str, _info: Any) -> None:
        """Take an event: one of them says that a connection was opened."""
        if event.endswith(("connect_tcp.complete", "connect_unix_socket.complete")):
            self.reused = False

    def arrived(self) -> None:
        """Stop the clock: the whole answer has come, and what follows is the suite's own work."""
        self.arrived_at = time.monotonic()
        if self.clock is not None:
            self.clock.reschedule(None)

    def note(self, answer: Any) -> None:
        """Take down from which port an answer of httpx was asked."""
        self.answered = True
        with contextlib.suppress(KeyError, TypeError, IndexError):
            stream = answer.extensions["network_stream"]
            self.local_port = stream.get_extra_info("client_addr")[1]
