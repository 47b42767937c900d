"""Looks names up, so that a name that is never answered holds nobody else up.

The usual way shares a few threads with everything else of the network's loop, and the process waits
for them at its end. Here each lookup has a thread that nobody waits for, and there are few at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from ipaddress import ip_address
from typing import TYPE_CHECKING

from conformance.http.urls.addresses import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.http.urls.addresses import Address

MOST_AT_ONCE = 16


class Lookup:
    """Lookups of one run; used on the network's thread only."""

    def __init__(self, most_at_once: int = MOST_AT_ONCE) -> None:
        self._places = asyncio.Semaphore(most_at_once)

    async def addresses(self, host: str) -> list[Address]:
        """Return the addresses of a host, each once, in the order in which they are to be tried.

        Raises:
            socket.gaierror: it has none.
            UnicodeError: it is no name.
        """
        with contextlib.suppress(ValueError):
            return [plain(ip_address(host))]
        # A number in whatever form asks nobody, and so takes no time.
        with contextlib.suppress(OSError):
            return _found(host, socket.AI_NUMERICHOST)
        await self._places.acquire()
        # The place is given back when the thread is done, which a time limit does not end.
        return await _in_thread(lambda: _found(host), self._places.release)


def _found(host: str, flags: int = 0) -> list[Address]:
    rows = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=flags)
    texts = [str(row[4][0]).partition("%")[0] for row in rows]
    return list(dict.fromkeys(plain(ip_address(text)) for text in texts))


async def _in_thread(work: Callable[[], list[Address]], done: Callable[[], None]) -> list[Address]:
    loop = asyncio.get_running_loop()
    future: asyncio.Future[list[Address]] = loop.create_future()

    def tell(found: list[Address] | None, error: Exception | None) -> None:
        done()
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(found or [])

    def run() -> None:
        found, error = None, None
        try:
            found = work()
        except Exception as raised:  # noqa: BLE001 - whoever awaits the lookup gets it
            error = raised
        # The loop may be closed by now: then nobody waits any more.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(tell, found, error)

    threading.Thread(target=run, name="lookup", daemon=True).start()
    return await future
