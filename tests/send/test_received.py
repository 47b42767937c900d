"""What came over the wire is kept where it is no answer, and where an answer does not show it."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from conformance.cases.spec import PLAIN
from conformance.http.deliveries import IN_PIECES
from conformance.judging.secrets import leaks
from conformance.send.wire.received import FIRST_BYTES, Received
from conformance.target.options import Limits
from tests.asking import Asking
from tests.serving import KEY, on_the_wire, pictures_answer, raw_server, read_request

if TYPE_CHECKING:
    import socket

    from conformance.http.exchange import Exchange

GOOD = on_the_wire(pictures_answer())
HEAD, _, BODY = GOOD.partition(b"\r\n\r\n")
SECRET = KEY.encode()
RAW = replace(PLAIN, delivery=IN_PIECES)
CHUNKED = (
    b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n"
)

# What a server sends, and in which a client that looks at the wire reads the key.
TELLING = {
    "a line that is no header": b"HTTP/1.1 200 OK\r\nx-key: %s\r\n: %s\r\n\r\n" % (SECRET, SECRET),
    "a header before a line that is none": b"HTTP/1.1 200 OK\r\nx-key: %s\r\n!\r\n\r\n" % SECRET,
    "a status line that is none": b"HTTP/1.1 2000 %s\r\n\r\n" % SECRET,
    "the reason phrase": GOOD.replace(b" 200 ", b" 200 " + SECRET + b" ", 1),
    "an interim answer": b"HTTP/1.1 103 Early Hints\r\nlink: <%s>\r\n\r\n" % SECRET + GOOD,
    "a trailer": CHUNKED + b"trailer: x-key\r\n\r\n2\r\n{}\r\n0\r\nx-key: %s\r\n\r\n" % SECRET,
    "an extension of a chunk": CHUNKED + b"\r\n2;key=%s\r\n{}\r\n0\r\n\r\n" % SECRET,
    "a length that is no number": CHUNKED + b"\r\n%s\r\n{}\r\n0\r\n\r\n" % SECRET,
    "no HTTP at all": b"%s\r\n" % SECRET,
    "half an answer": HEAD + b"\r\n\r\n" + SECRET,
}


def asked(content: bytes, *specs: object) -> list[Exchange]:
    """Ask a server that sends these bytes, and waits or closes."""

    def connected(connection: socket.socket, _number: int) -> None:
        while read_request(connection):
            connection.sendall(content)

    with raw_server(connected) as (url, _):
        return Asking(url, *specs, limits=Limits(1, 0.5)).all()  # type: ignore[arg-type] # specs


@pytest.mark.parametrize("place", TELLING)
@pytest.mark.parametrize("spec", [PLAIN, RAW], ids=["httpx", "raw"])
def test_a_credential_is_seen_wherever_it_came_and_is_nowhere_kept(
    place: str, spec: object
) -> None:
    (found,) = asked(TELLING[place], spec)
    assert [leak.name for leak in leaks(found)][:1] == ["CONFORMANCE_API_KEY"]
    shown = f"{found.__dict__} {found.reply.__dict__ if found.reply else ''}"
    assert KEY not in shown
    assert KEY[:14] not in shown


def test_the_bytes_of_what_is_no_answer_are_evidence() -> None:
    (found,) = asked(b"HTTP/1.1 200 OK\r\n!\r\n\r\n", PLAIN)
    assert (found.failure, found.received) == ("not-http", b"HTTP/1.1 200 OK\r\n!\r\n\r\n")


def test_an_answer_that_shows_everything_is_kept_once() -> None:
    found = asked(GOOD, PLAIN, RAW)
    assert [e.received for e in found] == [b"", b""]


@pytest.mark.parametrize("spec", [PLAIN, RAW], ids=["httpx", "raw"])
def test_interim_answers_without_an_end_are_no_answer(spec: object) -> None:
    interim = b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" * 1_000

    def connected(connection: socket.socket, _number: int) -> None:
        with contextlib.suppress(OSError):
            while read_request(connection):
                while True:
                    connection.sendall(interim)

    with raw_server(connected) as (url, _):
        (found,) = Asking(url, spec, limits=Limits(1, 30)).all()  # type: ignore[arg-type] # a spec
    assert (found.failure, found.elapsed_s < 30) == ("not-http", True)
    assert "before an answer" in found.failure_text


def test_what_came_is_bounded_and_forgotten_with_the_next_request() -> None:
    received = Received()
    for _ in range(100):
        received.add(b"x" * 10_000)
    assert len(received.all) == FIRST_BYTES
    assert len(received.around) < 2 * 8_192
    received.begin()
    assert received.all == b""
