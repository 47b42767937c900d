"""An HTTP proxy on loopback: CONNECT opens a tunnel, any other request is passed on alone."""

from __future__ import annotations

import asyncio
import base64
import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from . import tls
from .serving import HOST

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Proxied:
    """A running proxy; `asked` is the first line of each request that it got."""

    port: int = 0
    user: str = ""
    tunnels: bool = True
    # Where names lead for the proxy alone.
    hosts: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{self.user}{'@' if self.user else ''}{HOST}:{self.port}"

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await self._served(reader, writer)
        writer.close()

    async def _served(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        self.asked.append(head[0])
        method, at, version = head[0].split(" ")
        refused = self._refused(method, head)
        if refused:
            writer.write(f"HTTP/1.1 {refused}\r\ncontent-length: 0\r\n\r\n".encode())
            await writer.drain()
            return
        host, port = (
            at.split(":") if method == "CONNECT" else (urlsplit(at).hostname, urlsplit(at).port)
        )
        there = self.hosts.get(str(host), host)
        behind, before = await asyncio.open_connection(there, int(port or 80))
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            kept = [line for line in head[1:-2] if not line.lower().startswith("proxy-")]
            lines = [f"{method} {urlsplit(at).path} {version}", *kept, "Connection: close", "", ""]
            before.write("\r\n".join(lines).encode("latin-1"))
        try:
            await asyncio.gather(tls.piped(reader, before), tls.piped(behind, writer))
        finally:
            before.close()

    def _refused(self, method: str, head: list[str]) -> str:
        coded = base64.b64encode(self.user.encode()).decode()
        given = [
            line for line in head if line.lower() == f"proxy-authorization: basic {coded}".lower()
        ]
        if self.user and not given:
            return "407 Proxy Authentication Required"
        return "403 Forbidden" if method == "CONNECT" and not self.tunnels else ""


@contextlib.contextmanager
def proxy(
    user: str = "", *, tunnels: bool = True, hosts: dict[str, str] | None = None
) -> Iterator[Proxied]:
    found = Proxied(user=user, tunnels=tunnels, hosts=hosts or {})
    with tls.in_thread(found.connected) as found.port:
        yield found
