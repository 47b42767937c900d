"""HTTP off a socket: whatever bytes a server writes, there is an exchange within its time."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cases.spec import PLAIN
from conformance.http import deliveries
from conformance.http.exchange import Exchange
from conformance.send.wire.transport import Transport
from tests.asking import Asking
from tests.fuzz.budget import examples, made_of
from tests.serving import KEY, raw_server

if TYPE_CHECKING:
    import socket

TIMEOUT_S = 2.0
# What the machine itself may take besides, when it is busy.
SLACK_S = 20.0
MOST = 50_000
HEAD = b"HTTP/1.1 200 OK\r\n"
WORDS = (
    *(HEAD, b"HTTP/1.1 400 \r\n", b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.0 204\r\n", b"HTTP/9.9 1 x\r\n"),
    *(b"HTTP/1.1 999 \xff\r\n", b"HTTP/1.1 103 \r\nlink: x\r\n\r\n", b"\r\n", b"\n", b"\r\n\r\n", b"0\r\n\r\n"),
    *(b"content-length: 5\r\n", b"content-length: -1\r\n", b"content-length: 5\r\ncontent-length: 6\r\n"),
    *(b"content-length: " + b"9" * 400 + b"\r\n", b"transfer-encoding: chunked\r\n", b"5\r\nhello\r\n"),
    *(b"ffffffffffffffffffff\r\n", b"-1\r\n", b"5;" + b"x" * 300 + b"\r\n", b"transfer-encoding: gzip, x\r\n"),
    *(b"content-encoding: gzip\r\n", b"content-encoding: br\r\n", b"content-type: application/json\r\n"),
    *(b": no name\r\n", b"x\x00y: 1\r\n", b"x: \xff\xfe\r\n", b" folded\r\n", b"connection: close\r\n", b"x: " + b"y" * 9_000),
    *(b'{"data": []}', b"\x1f\x8b\x08\x00", b"\x16\x03\x01", b"hello", KEY.encode(), b"location: //\r\n"),
)  # fmt: skip
DELIVERED = ("", deliveries.EXPECT_CONTINUE, deliveries.IN_PIECES, deliveries.ODD_CHUNKS)


def answered(content: bytes, delivery: str) -> Exchange:
    """Send one request to a server that writes these bytes, and closes."""

    def connected(connection: socket.socket, _: int) -> None:
        with contextlib.suppress(OSError):
            connection.recv(65_536)
            connection.sendall(content)
            connection.settimeout(0.05)
            while connection.recv(65_536):
                pass  # a close with unread bytes would reset the answer

    with raw_server(connected) as (url, _):
        asking = Asking(url, PLAIN)
        request = replace(next(iter(asking.plan.requests.values())), delivery=delivery)

        async def once() -> Exchange:
            async with Transport(asking.target, MOST) as own:
                return await own.send(request, TIMEOUT_S)

        return asyncio.run(once())


def is_told(exchange: Exchange) -> None:
    assert isinstance(exchange, Exchange)
    assert (exchange.reply is None) == (exchange.failure is not None)
    if exchange.reply is not None:
        assert len(exchange.reply.body) <= MOST
        assert KEY.encode() not in exchange.reply.body
        assert KEY not in repr(exchange.reply.headers)
        assert exchange.reply.json is None or exchange.reply.texts
    assert KEY not in exchange.failure_text
    assert KEY.encode() not in exchange.surplus


@examples(40)
@given(made_of(*WORDS), st.sampled_from(DELIVERED), st.booleans())
def test_any_bytes_are_an_exchange(content: bytes, delivery: str, begins: bool) -> None:  # noqa: FBT001 - drawn
    started = time.monotonic()
    is_told(answered((HEAD if begins else b"") + content, delivery))
    assert time.monotonic() - started < TIMEOUT_S + SLACK_S


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"\r\n\r\n", b"\x00" * 100, b"HTTP/1.1 200 OK", HEAD + b"\r\n", b"HTTP/1.1 2000 OK\r\n\r\n"),
        HEAD + b"content-length: " + b"9" * 5_000 + b"\r\n\r\nx",
        HEAD + b"content-length: \xb2\r\n\r\nx",
        HEAD + b"transfer-encoding: chunked\r\n\r\n" + b"f" * 30 + b"\r\nx",
        HEAD + b"transfer-encoding: chunked\r\n\r\n" + b"0" * 5_000 + b"1\r\nx\r\n0\r\n\r\n",
        HEAD + b"content-encoding: " + b"gzip," * 2_000 + b"gzip\r\ncontent-length: 1\r\n\r\nx",
        HEAD + b"content-encoding: \xff\r\ncontent-length: 1\r\n\r\nx",
        HEAD + b"content-length: 2\r\n: x\r\n\r\n{}",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 2_000 + HEAD + b"content-length: 2\r\n\r\n{}",
        *(b"HTTP/1.1 %d X\r\ncontent-length: 0\r\n\r\n" % status for status in (99, 101, 150, 199, 299, 600, 999)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("delivery", ["", deliveries.IN_PIECES])
def test_known_oddities_are_an_exchange(content: bytes, delivery: str) -> None:
    is_told(answered(content, delivery))
