"""Names are looked up where nobody waits for a lookup that never ends."""

from __future__ import annotations

import asyncio
import socket
import threading
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

from conformance.send.urls import lookup
from conformance.send.urls.lookup import Lookup

if TYPE_CHECKING:
    from conformance.http.urls.addresses import Address


def found(host: str) -> list[str]:
    return [str(a) for a in asyncio.run(Lookup().addresses(host))]


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"), ("2130706433", "127.0.0.1"), ("0x7f.1", "127.0.0.1"), ("0177.0.0.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"), ("0", "0.0.0.0"), ("::1", "::1"), ("::ffff:7f00:1", "127.0.0.1"), ("fe80::1%lo", "fe80::1"),
    ],
)  # fmt: skip
def test_a_number_is_an_address_in_whatever_form(host: str, address: str) -> None:
    assert found(host) == [address]


def test_a_name_is_looked_up() -> None:
    assert set(found("localhost")) <= {"127.0.0.1", "::1"}
    with pytest.raises(socket.gaierror):
        found("no-such-name.invalid")


def test_a_lookup_that_never_ends_holds_up_neither_others_nor_the_end() -> None:
    release, ended = threading.Event(), threading.Event()
    here = [ip_address("127.0.0.1")]

    def stuck() -> list[Address]:
        release.wait(20)
        ended.set()
        return []

    async def both() -> list[Address]:
        waiting = asyncio.create_task(lookup._in_thread(stuck, lambda: None))
        quick = await lookup._in_thread(lambda: list(here), lambda: None)
        waiting.cancel()
        return quick

    assert asyncio.run(both()) == here
    # Its loop is closed by now, and it has nobody to tell.
    release.set()
    assert ended.wait(20)


def test_few_lookups_run_at_once() -> None:
    async def main() -> None:
        names = Lookup(most_at_once=1)
        await names._places.acquire()
        waiting = asyncio.create_task(names.addresses("localhost"))
        done, _ = await asyncio.wait({waiting}, timeout=0.05)
        assert not done
        # A number needs no place.
        assert await names.addresses("127.1")
        names._places.release()
        assert await waiting
        assert not names._places.locked()

    asyncio.run(main())
