"""The urls of an answer are fetched without a credential, bounded, and only where it is safe."""

from __future__ import annotations

import base64
import gzip
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from conformance.http import payload
from tests.send.downloading import PNG, exchange_with, fetched
from tests.serving import (
    HOST,
    KEY,
    Answer,
    Loopback,
    free_port,
    raw_server,
    target_at,
)

if TYPE_CHECKING:
    import socket

PUBLIC = target_at("http://93.184.216.34")


def serving(content: bytes = PNG, **headers: str) -> Loopback:
    given = {"content-type": "image/png", **headers}
    return Loopback(lambda _got: Answer(200, content, given))


def test_a_url_is_fetched_without_a_credential() -> None:
    target = target_at("http://127.0.0.1:1", {"V": "hidden-value"}, header=["X-Api-Key: ${V}"])
    with serving() as server:
        (found,) = fetched(f"{server.url}/p.png", target=target)
    assert (found.status, found.content_type, found.body, found.problem) == (
        200,
        "image/png",
        PNG,
        "",
    )
    assert "authorization" not in server.got[0].headers
    assert "x-api-key" not in server.got[0].headers
    assert KEY not in repr(server.got)
    names = {"host", "accept", "accept-encoding", "connection", "user-agent"}
    assert set(server.got[0].headers) == names
    assert server.got[0].headers["accept-encoding"] == "identity"


def test_every_url_is_fetched_in_the_order_of_the_items() -> None:
    with Loopback(lambda got: Answer(200, got.path.encode())) as server:
        found = fetched(*(f"{server.url}/{i}" for i in range(5)))
    assert [f.body for f in found] == [f"/{i}".encode() for i in range(5)]


def test_what_is_no_url_is_left_alone() -> None:
    assert fetched(None, 3, "", [], {"a": 1}) == ()


@pytest.mark.parametrize(
    "url",
    ["/p.png", "p.png", "//h/p.png", "http://", "ftp://h/p", "javascript:x", "file:///etc/passwd"],
)
def test_a_url_that_is_not_absolute_or_not_http_is_a_problem(url: str) -> None:
    (found,) = fetched(url)
    assert found.status is None
    assert found.problem == "is no absolute http(s) address"


@pytest.mark.parametrize(
    "url",
    ["http://[::1", "http://127.0.0.1:99999/", "http://\ud800/", "http://a..b/", "http://" + "a" * 64 + "/", "http://\x00/"],
)  # fmt: skip
def test_a_broken_url_is_a_problem_and_no_crash(url: str) -> None:
    (found,) = fetched(url)
    assert found.status is None
    assert found.problem


def test_a_port_without_a_listener_is_a_problem() -> None:
    (found,) = fetched(f"http://{HOST}:{free_port()}/p.png")
    assert "ConnectError" in found.problem


def test_three_redirects_are_followed_and_no_fourth() -> None:
    def redirecting(count: int) -> Loopback:
        return Loopback(
            lambda got: (
                Answer(302, b"", {"location": f"/{int(got.path[1:]) + 1}"})
                if int(got.path[1:]) < count
                else Answer(200, PNG)
            )
        )

    with redirecting(3) as server:
        assert fetched(f"{server.url}/0")[0].body == PNG
    with redirecting(4) as server:
        (found,) = fetched(f"{server.url}/0")
    assert found.problem == "redirects more than 3 times"
    assert server.paths() == ["/0", "/1", "/2", "/3"]


def test_a_redirect_is_checked_like_the_url_itself() -> None:
    with Loopback(lambda _: Answer(302, b"", {"location": "file:///etc/passwd"})) as server:
        (found,) = fetched(f"{server.url}/p")
    assert found.problem == "is no absolute http(s) address"
    with Loopback(lambda _: Answer(302, b"", {"location": "data:text/plain,x"})) as server:
        (found,) = fetched(f"{server.url}/p")
    assert found.body == b""


def test_a_redirect_to_nowhere_is_what_it_is() -> None:
    with Loopback(lambda _: Answer(302)) as server:
        (found,) = fetched(f"{server.url}/p")
    assert found.status in (302, None)
    assert found.body in (b"", b"{}")


@pytest.mark.parametrize("location", ["http://[::1", "http://\x80", "//"])
def test_a_broken_redirect_is_a_problem_and_no_crash(location: str) -> None:
    with Loopback(lambda _: Answer(302, b"", {"location": location})) as server:
        (found,) = fetched(f"{server.url}/p")
    assert found.problem


def test_the_size_is_bounded() -> None:
    with serving(bytes(1001)) as server:
        (found,) = fetched(server.url, most_bytes=1000)
    assert found.problem == "serves more than 1000 bytes"
    assert found.body == b""
    with serving(bytes(1000)) as server:
        assert len(fetched(server.url, most_bytes=1000)[0].body) == 1000


def test_the_size_is_bounded_after_decompression() -> None:
    with serving(gzip.compress(bytes(20_000_000)), **{"content-encoding": "gzip"}) as server:
        (found,) = fetched(server.url, most_bytes=1_000_000)
    assert found.problem == "serves more than 1000000 bytes"


def test_the_time_is_bounded() -> None:
    def endless(connection: socket.socket, _number: int) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n")
        while True:
            connection.sendall(b"x")

    with raw_server(endless) as (url, _):
        (found,) = fetched(url, timeout_s=0.2, most_bytes=10**9)
    assert found.problem == "not served within 0.2 s"


def test_a_private_url_is_skipped_where_the_target_is_public() -> None:
    with serving() as server:
        (found,) = fetched(server.url, target=PUBLIC)
    assert found.skipped
    assert found.status is None
    assert f"names a loopback address, {HOST}, which is not the gateway's own" in found.problem
    assert f"--fetch-from {HOST} allows it" in found.problem
    assert server.got == []


@pytest.mark.parametrize(
    ("url", "kind", "content"),
    [
        ("data:image/png;base64," + base64.b64encode(PNG).decode(), "image/png", PNG),
        ("data:text/plain,a%20b", "text/plain", b"a b"),
        ("data:image/svg+xml;charset=utf-8,<svg/>", "image/svg+xml", b"<svg/>"),
        ("data:,x", "", b"x"),
    ],
)
def test_a_data_url_is_its_own_content(url: str, kind: str, content: bytes) -> None:
    (found,) = fetched(url)
    assert (found.status, found.content_type, found.body) == (200, kind, content)


def test_a_data_url_without_base64_is_a_problem_and_no_crash() -> None:
    (found,) = fetched("data:image/png;base64,a")
    assert found.problem


def test_the_picture_of_a_data_url_is_found_by_who_measures_it() -> None:
    url = "data:image/png;base64," + base64.b64encode(PNG).decode()
    exchange = exchange_with(url)
    exchange = replace(exchange, fetched=fetched(url))
    assert [c.content for c in payload.contents(exchange)] == [PNG]


def test_a_url_with_the_credential_in_it_is_kept_without_it() -> None:
    with serving() as server:
        (found,) = fetched(f"{server.url}/{KEY}.png")
    assert server.paths() == [f"/{KEY}.png"]
    assert KEY not in repr(found)


def test_what_a_url_serves_is_kept_without_a_credential() -> None:
    with serving(f"the key is {KEY}".encode()) as server:
        (found,) = fetched(server.url)
    assert KEY.encode() not in found.body
