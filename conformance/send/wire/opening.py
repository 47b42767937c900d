"""Opens a connection to a server, through a proxy if there is one, and TLS on it."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ssl

    from conformance.target.certificates import Seen
    from conformance.target.proxy import Proxy

# For the connection and the handshake of TLS, where nothing else can be what the server is busy with.
CONNECT_S = 10.0
# In this time a server ends a connection whose handshake it refuses.
REFUSAL_S = 2.0


@dataclass(frozen=True)
class Address:
    """Where a server listens, how to speak TLS to it (None: plain TCP), and through which proxy.

    `certificates` takes down what it shows.
    """

    host: str
    port: int
    secure: ssl.SSLContext | None
    proxy: Proxy | None = None
    certificates: Seen | None = field(default=None, compare=False)

    @property
    def passes_on_its_end(self) -> bool:
        """Whether the server hears that the client writes no more, and can still answer.

        TLS ends both directions at once, and so do many proxies.
        """
        return self.secure is None and self.proxy is None


class NoTunnelError(ConnectionError):
    """The proxy answered CONNECT with something else than a 2xx; the text says with what."""


async def connection(
    address: Address, seconds: float | None = None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Return a connection to a server.

    Args:
        address: the server.
        seconds: how long it may take to come about; None leaves that to the caller.

    Raises:
        OSError: there is none; a `TimeoutError` if it does not come about in time.
        NoTunnelError: the proxy does not open it.
    """
    async with asyncio.timeout(seconds):
        reader, writer = await _connected(address)
    if address.certificates is not None:
        address.certificates.note(writer.get_extra_info("ssl_object"))
    return reader, writer


async def _connected(address: Address) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if address.proxy is None:
        return await asyncio.open_connection(address.host, address.port, ssl=address.secure)
    reader, writer = await asyncio.open_connection(address.proxy.host, address.proxy.port)
    try:
        await _tunnel(address, address.proxy, reader, writer)
        if address.secure is not None:
            await writer.start_tls(address.secure, server_hostname=address.host)
    except BaseException:
        writer.close()
        raise
    return reader, writer


async def _tunnel(
    address: Address, proxy: Proxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    host = f"[{address.host}]" if ":" in address.host else address.host
    named = f"{host}:{address.port}"
    lines = [f"CONNECT {named} HTTP/1.1", f"Host: {named}"]
    lines += [f"{name}: {value}" for name, value in proxy.headers]
    writer.write("".join(f"{line}\r\n" for line in (*lines, "")).encode("latin-1"))
    await writer.drain()
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        raise NoTunnelError("no answer of HTTP") from error
    status = head.partition(b"\r\n")[0].decode("latin-1").partition(" ")[2]
    if not status.startswith("2"):
        raise NoTunnelError(status)


async def answers(address: Address) -> bool:
    """Return whether a connection to a server can be opened; no TLS is spoken."""
    plain = Address(address.host, address.port, None, address.proxy if address.secure else None)
    if address.proxy is not None and address.secure is None:
        plain = Address(address.proxy.host, address.proxy.port, None)
    try:
        _, writer = await connection(plain, CONNECT_S)
    except OSError:
        return False
    writer.close()
    return True


async def names_of(address: Address) -> tuple[str, ...]:
    """Return the names in a server's certificate; `secure` must accept it under any name."""
    with contextlib.suppress(OSError):
        _, writer = await connection(address, CONNECT_S)
        certificate: dict[str, Any] = writer.get_extra_info("peercert") or {}
        writer.close()
        return tuple(name for _, name in certificate.get("subjectAltName", ()))
    return ()


async def speaks_tls(address: Address, context: ssl.SSLContext) -> bool:
    """Return whether a port that was asked without TLS speaks it."""
    try:
        secure = Address(address.host, address.port, context, address.proxy)
        _, writer = await connection(secure, CONNECT_S)
    except OSError:
        return False
    writer.close()
    return True


async def end_after_handshake(address: Address) -> Exception | None:
    """Return with what a server ends a connection on which nothing is asked, or None if it waits.

    With TLS 1.3 a server refuses a client's certificate after the handshake. What it says may be
    lost if a request is on its way.
    """
    try:
        reader, writer = await connection(address, CONNECT_S)
    except OSError as error:
        return error
    try:
        async with asyncio.timeout(REFUSAL_S):
            await reader.read(1)
    except TimeoutError:
        return None
    except OSError as error:
        return error
    finally:
        writer.close()
    return ConnectionResetError("the server closed the connection")
