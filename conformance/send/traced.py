"""What httpcore tells of one request while it is sent."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conformance.http.bounds import Share

from conformance.send.received import Received


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
        self.broken = False
        self.local_port: int | None = None
        self.received = Received()
        # The address that answered: the gateway's own, or its proxy's.
        self.peer = ""

    async def __call__(self, event: str, _info: Any) -> None:
        """Take an event: one of them says that a connection was opened."""
        if event.endswith(("connect_tcp.complete", "connect_unix_socket.complete")):
            self.reused = False

    def note(self, answer: Any) -> None:
        """Take down from which port an answer of httpx was asked."""
        self.answered = True
        with contextlib.suppress(KeyError, TypeError, IndexError):
            stream = answer.extensions["network_stream"]
            self.local_port = stream.get_extra_info("client_addr")[1]
            self.peer = stream.get_extra_info("server_addr")[0]
