"""The suite's own canary: a URL that no gateway should ask for, and what was asked of it."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket

LINE_S = 5


async def listen(canary: socket.socket, lines: list[str]) -> None:
    """Listen on a socket until cancelled, and add the first line of each request to `lines`.

    Each request is answered with 404.
    """

    async def overhear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, TimeoutError, ValueError):
            line = await asyncio.wait_for(reader.readline(), LINE_S)
            lines.append(line.decode("latin-1").strip())
            writer.write(
                b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            )
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(overhear, sock=canary)
    try:
        await asyncio.get_running_loop().create_future()
    finally:
        server.close()
