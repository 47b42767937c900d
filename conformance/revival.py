"""Looks whether a gateway that went down is back: it takes connections, or answers anything."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conformance import transport

if TYPE_CHECKING:
    from conformance.exchange import Request
    from conformance.target import Target


async def accepts_connections(target: Target, tries: int, step_s: float) -> bool:
    """Return whether the gateway takes a connection before the tries are over."""
    parts = urlsplit(target.url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    for _ in range(tries):
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection(parts.hostname, port)
            writer.close()
            return True
        await asyncio.sleep(step_s)
    return False


async def answers(
    target: Target, request: Request, timeout_s: float, tries: int, step_s: float
) -> bool:
    """Return whether the gateway answers a GET at a request's address before the tries are over."""
    probe = dataclasses.replace(request, method="GET", body=b"", chunked=False)
    for _ in range(tries):
        own = transport.Transport(target, connections=1)
        try:
            if (await own.send(probe, timeout_s)).reply is not None:
                return True
        finally:
            await own.close()
        await asyncio.sleep(step_s)
    return False
