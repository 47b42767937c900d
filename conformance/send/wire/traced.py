"""What httpcore tells of one request while it is sent."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio

    from conformance.http.bounds import Share
    from conformance.http.exchange import Failure
    from conformance.http.request import Request
    from conformance.target.certificates import Seen

from conformance.send.wire.received import Received


class Trace:
    """Whether one request opened a connection and got an answer."""

    def __init__(self, connect_s: float | None = None, certificates: Seen | None = None) -> None:
        # How long the connection may take to come about.
        self.connect_s = connect_s
        self._certificates = certificates
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
        # The request that its connection served before.
        self.before: Request | None = None
        self.local_port: int | None = None
        self.received = Received()
        # The address that answered: the gateway's own, or its proxy's.
        self.peer = ""

    def is_doubtful(self, failure: Failure | None) -> bool:
        """Whether what came on a used connection may belong to the request before.

        So it may if it was closed, if what came is no HTTP, and if two answers came: the first of
        them may be the stray one.
        """
        if not self.reused or self.before is None:
            return False
        lost = failure in ("dropped", "not-http") and not self.answered
        return lost or bool(self.surplus)

    async def __call__(self, event: str, info: Any) -> None:
        """Take an event: one says that a connection was opened, and one that it speaks TLS."""
        if event.endswith(("connect_tcp.complete", "connect_unix_socket.complete")):
            self.reused = False
        if event.endswith("start_tls.complete") and self._certificates is not None:
            self._certificates.note(info["return_value"].get_extra_info("ssl_object"))

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
            self.peer = stream.get_extra_info("server_addr")[0]
