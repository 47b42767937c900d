"""Reads and writes HTTP as a behaviour says: uvicorn's protocol, with its odd ways on the wire."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio

    from conformance.reference.behaviour import Behaviour

# Where a scope has its transport, the number of its connection, and that of its request on it.
CONNECTION = "conformance.connection"
_CONNECTIONS = itertools.count()


def protocol_of(behaviour: Behaviour) -> type[H11Protocol]:
    """Return the protocol of a behaviour, as uvicorn takes it."""

    class Protocol(_Protocol):
        """The protocol of this behaviour."""

        def data_received(self, data: bytes) -> None:
            super().data_received(behaviour.on_bytes(data))

        def send_400_response(self, msg: str) -> None:
            if not behaviour.ignores_malformed:
                super().send_400_response(msg)

        def eof_received(self) -> bool:  # type: ignore[override] # uvicorn declares None, asyncio takes bool
            return behaviour.ignores_malformed or behaviour.keeps_half_open

        def timeout_keep_alive_handler(self) -> None:
            if behaviour.farewell and not self.transport.is_closing():
                self.transport.write(behaviour.farewell)
            super().timeout_keep_alive_handler()

    return Protocol


class _Protocol(H11Protocol):
    """uvicorn's protocol; it also tells the application its connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # uvicorn narrows it as well
        super().connection_made(transport)
        application, number, requests = self.app, next(_CONNECTIONS), 0

        async def with_connection(scope: Any, receive: Any, send: Any) -> None:
            nonlocal requests
            requests += 1
            scope[CONNECTION] = (transport, number, requests)
            await application(scope, receive, send)

        self.app = with_connection
