"""TLS on loopback: certificates, a relay that only takes TLS off, and Debian's nginx.

Both stand before a plain http server. The relay passes bytes on and reads none of them; nginx is a
whole HTTP/1.1 server of its own. As in every TLS relay, the end of what a client sends ends the
connection: no half of it stays open.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import socket
import ssl
import subprocess
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import trustme

from .serving import HOST, free_port

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    Connected = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@dataclass(frozen=True)
class Authority:
    """A certification authority of a test's own, with its certificate in a file."""

    issuer: trustme.CA
    file: Path

    def server(self, *names: str, **more: object) -> ssl.SSLContext:
        """What a server with a certificate for these names speaks TLS with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.issue(*names, **more).configure_cert(context)
        return context

    def issue(self, *names: str, **more: object) -> trustme.LeafCert:
        return self.issuer.issue_cert(*(names or (HOST, "localhost")), **more)  # type: ignore[arg-type] # names of several kinds

    def wanting_a_client(self, *names: str, newest: ssl.TLSVersion | None = None) -> ssl.SSLContext:
        """The same, for a server that serves only clients with a certificate of this authority."""
        context = self.server(*names)
        context.verify_mode = ssl.CERT_REQUIRED
        self.issuer.configure_trust(context)
        if newest is not None:
            context.maximum_version = newest
        return context


def authority(folder: Path) -> Authority:
    issuer, file = trustme.CA(), folder / "ca.pem"
    issuer.cert_pem.write_to_path(str(file))
    return Authority(issuer, file)


@contextlib.contextmanager
def in_thread(
    connected: Connected,
    context: ssl.SSLContext | None = None,
) -> Iterator[int]:
    """Serve connections on a loop of its own while the block runs; the value is the port."""
    loop, started = asyncio.new_event_loop(), threading.Event()
    ports, open_ = list[int](), set[asyncio.StreamWriter]()

    async def noted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_.add(writer)
        try:
            await connected(reader, writer)
        finally:
            open_.discard(writer)
            writer.close()

    async def serve() -> None:
        server = await asyncio.start_server(noted, HOST, 0, ssl=context, backlog=256)
        ports.append(server.sockets[0].getsockname()[1])
        started.set()
        with contextlib.suppress(asyncio.CancelledError):
            await server.serve_forever()

    def run() -> None:
        # A client that goes away, or that fails the handshake on purpose, is no news.
        loop.set_exception_handler(lambda *_: None)
        with contextlib.suppress(RuntimeError):
            loop.run_until_complete(serving)
        loop.run_until_complete(_cancelled(loop))
        for writer in open_:
            writer.transport.abort()
        # What is closed is gone only after one more turn of the loop.
        loop.run_until_complete(asyncio.sleep(0))
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()

    serving = loop.create_task(serve())
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert started.wait(10)
    try:
        yield ports[0]
    finally:
        loop.call_soon_threadsafe(serving.cancel)
        thread.join(10)


async def _cancelled(loop: asyncio.AbstractEventLoop) -> None:
    left = [t for t in asyncio.all_tasks(loop) if t is not asyncio.current_task()]
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


async def piped(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on what comes until it ends, and the end with it."""
    with contextlib.suppress(OSError, ssl.SSLError):
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
    with contextlib.suppress(OSError, RuntimeError):
        writer.write_eof() if writer.can_write_eof() else writer.close()


def relaying_to(port: int) -> Connected:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            behind, before = await asyncio.open_connection(HOST, port)
        except OSError:
            writer.close()
            return
        try:
            await asyncio.gather(piped(reader, before), piped(behind, writer))
        finally:
            before.close()
            writer.close()

    return connected


@contextlib.contextmanager
def relay(url: str, context: ssl.SSLContext) -> Iterator[str]:
    """Take TLS off before a plain http server; the value is the https URL."""
    with in_thread(relaying_to(urlsplit(url).port or 80), context) as port:
        yield f"https://{HOST}:{port}"


NGINX_CONF = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  # The size of a body is the gateway's to limit.
  client_max_body_size 0;
  upstream gateway {{ server {host}:{behind}; keepalive 16; }}
  server {{
    listen {host}:{port} ssl;
    ssl_certificate {folder}/server.pem;
    ssl_certificate_key {folder}/server.pem;
    {more}
    location / {{
      proxy_pass http://gateway;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-Proto $scheme;
    }}
  }}
}}
"""


@contextlib.contextmanager
def nginx(url: str, own: Authority, folder: Path, more: str = "") -> Iterator[str]:
    """Debian's nginx with TLS before a plain http server; the value is the https URL."""
    if NGINX is None:
        missing = "nginx is not installed (Debian's package nginx-light)"
        if os.environ.get("CI"):
            pytest.fail(f"{missing}, and a CI job has to have it", pytrace=False)
        pytest.skip(missing)
    port = free_port()
    own.issue().private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
    text = NGINX_CONF.format(
        folder=folder, host=HOST, port=port, behind=urlsplit(url).port or 80, more=more
    )
    (folder / "nginx.conf").write_text(text)
    command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        _listens(port, process)
        yield f"https://{HOST}:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=10)


def _listens(port: int, process: subprocess.Popen[str]) -> None:
    """Wait until the port takes connections."""
    for _ in range(400):
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), 1):
            return
        try:
            process.wait(0.025)
        except subprocess.TimeoutExpired:
            continue
        break
    assert process.stderr is not None
    pytest.fail(f"nginx did not start: {process.stderr.read()[-1000:]}")
