"""The suite's own canary: it hears who asks for a URL that nobody should ask for."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket

LINE_S = 5


async def overheard(canary: socket.socket, lines: list[str]) -> asyncio.Server:
    """Listen on a socket, and add the first line of each request to `lines`; it answers 404."""

    async def overhear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, TimeoutError, ValueError):
            line = await asyncio.wait_for(reader.readline(), LINE_S)
            lines.append(line.decode("latin-1").strip())
            writer.write(
                b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            )
            await writer.drain()
        writer.close()

    return await asyncio.start_server(overhear, sock=canary)
