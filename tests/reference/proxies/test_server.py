"""The proxy without any change: a good HTTP/1.1 proxy, spoken to byte by byte."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from conformance.reference.behaviour import Behaviour
from conformance.reference.catalogue import behaviour, change
from conformance.reference.gateway import ROUTE
from conformance.reference.proxies.server import running
from conformance.reference.server import running as gateway_running
from tests.reference.asking import BEARER, BOUNDARY, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

FORM = f"Content-Type: multipart/form-data; boundary={BOUNDARY.decode()}"
KEY = f"Authorization: {BEARER['Authorization']}"
TOO_LARGE = 21 * 1024 * 1024


@contextmanager
def proxied(made: Behaviour | None = None, *changes: str) -> Iterator[str]:
    with (
        gateway_running(made or Behaviour()) as gateway,
        running(gateway, [change(id_) for id_ in changes]) as url,
    ):
        yield url


@pytest.fixture(scope="module")
def proxy() -> Iterator[str]:
    with proxied() as url:
        yield url


def head(*lines: str, method: str = "POST", version: str = "1.1", path: str = ROUTE) -> bytes:
    first = (f"{method} {path} HTTP/{version}", "Host: g", FORM, KEY)
    return "".join(f"{line}\r\n" for line in (*first, *lines, "")).encode()


def form(content: bytes, *lines: str) -> bytes:
    return head(f"Content-Length: {len(content)}", *lines) + content


@contextmanager
def wire(url: str) -> Iterator[socket.socket]:
    at = urlsplit(url)
    with socket.create_connection((str(at.hostname), at.port or 0), timeout=10) as made:
        yield made


def until(connection: socket.socket, end: bytes) -> bytes:
    """What comes until these bytes do, or until the connection ends."""
    got = b""
    while end not in got and (piece := connection.recv(65_536)):
        got += piece
    return got


def said(url: str, *sent: bytes) -> bytes:
    """All that is answered on a connection that closes behind the last answer."""
    with wire(url) as connection:
        for piece in sent:
            connection.sendall(piece)
        return until(connection, b"never")


CLOSE = "Connection: close"


def test_a_request_is_sent_on_with_its_credential(proxy: str) -> None:
    assert said(proxy, form(plain(), CLOSE)).startswith(b"HTTP/1.1 200 OK\r\n")
    assert said(proxy, form(plain(), CLOSE).replace(b"Bearer ", b"")).startswith(b"HTTP/1.1 401 ")


def test_a_chunked_request_in_pieces_is_sent_on(proxy: str) -> None:
    content = plain()
    chunks = (b"%x;a=b\r\n%b\r\n" % (len(p), p) for p in (content[:7], content[7:]))
    told = said(proxy, head("Transfer-Encoding: chunked", CLOSE), *chunks, b"0\r\nX: 1\r\n\r\n")
    assert told.startswith(b"HTTP/1.1 200 OK\r\n")


def test_pipelined_requests_are_answered_in_their_order(proxy: str) -> None:
    told = said(proxy, form(plain(n="0")) + form(plain(), CLOSE))
    assert told.index(b"HTTP/1.1 400 ") < told.index(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("changes", [(), ("early-continue",), ("buffers-requests",)])
def test_who_waits_for_100_continue_gets_it_once(changes: tuple[str, ...]) -> None:
    content = plain()
    with proxied(None, *changes) as url, wire(url) as connection:
        connection.sendall(head(f"Content-Length: {len(content)}", "Expect: 100-continue", CLOSE))
        assert until(connection, b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(content)
        assert until(connection, b"never").startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        form(plain(), "Content-Length: 5"),
        b"POST / HTTP/1.1\r\n\r\n",
        head("Transfer-Encoding: chunked") + b"x\r\n",
    ],
)
def test_what_is_no_http_is_refused(proxy: str, sent: bytes) -> None:
    assert said(proxy, sent).startswith(b"HTTP/1.1 400 ")


def test_a_body_that_ends_early_is_refused(proxy: str) -> None:
    with wire(proxy) as connection:
        connection.sendall(head("Content-Length: 100") + b"short")
        connection.shutdown(socket.SHUT_WR)
        assert until(connection, b"never").startswith(b"HTTP/1.1 400 ")


def test_an_answer_to_head_has_no_body(proxy: str) -> None:
    told = said(proxy, head(CLOSE, method="HEAD"))
    assert told.endswith(b"\r\n\r\n")
    assert b"content-length: " in told.lower()


def test_an_answer_that_comes_before_the_body_is_whole_reaches_the_client() -> None:
    with early_gateway() as gateway, running(gateway, []) as url, wire(url) as connection:
        connection.sendall(head(f"Content-Length: {TOO_LARGE}") + b"x" * 1000)
        assert until(connection, b"too large").startswith(b"HTTP/1.1 413 ")


@contextmanager
def early_gateway() -> Iterator[str]:
    """A gateway that answers 413 to the first bytes of a body, and reads no more."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                until(connection, b"\r\n\r\n")
                connection.sendall(b"HTTP/1.1 413 Large\r\nContent-Length: 9\r\n\r\ntoo large")
                connection.settimeout(10)
                while connection.recv(65_536):
                    pass

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join()


def test_http_1_0_gets_no_chunks_and_no_interim_answers() -> None:
    content = plain()
    sent = head(f"Content-Length: {len(content)}", version="1.0") + content
    with proxied(None, "odd-chunks", "interim-answers") as url:
        told = said(url, sent)
    assert told.startswith(b"HTTP/1.1 200 ")
    assert b"chunked" not in told
    assert told.endswith(b"}")


def test_a_connection_that_the_gateway_drops_is_dropped() -> None:
    content = plain() + b"x" * 3_000_000
    with proxied(behaviour([], ["cuts-large-uploads"])) as url, wire(url) as connection:
        connection.sendall(form(content))
        with suppress(ConnectionResetError):  # or an orderly end
            assert until(connection, b"never") == b""


def test_a_connection_serves_again_after_a_gateway_that_closes() -> None:
    with proxied(behaviour([], ["closes-connections"])) as url, wire(url) as connection:
        for _ in range(3):
            connection.sendall(form(plain(n="0")))
            told = until(connection, b'{"event_id"')
            assert told.startswith(b"HTTP/1.1 400 ")
            while not told.endswith(b"}}"):
                told += connection.recv(65_536)
