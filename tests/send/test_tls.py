"""Requests over TLS and through a proxy: what arrives, who sees what, and what cannot be asked."""

from __future__ import annotations

import select
import ssl
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from conformance.cases.spec import BAD_N, PLAIN
from conformance.http import deliveries
from conformance.http.status import was_never_asked
from conformance.target.options import Limits
from tests import tls
from tests.asking import answering, ask
from tests.proxying import proxy
from tests.serving import json_answer, raw_server, read_request, refusal

if TYPE_CHECKING:
    import socket
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.serving import Loopback


WAYS = ("", deliveries.IN_PIECES, deliveries.ODD_CHUNKS, deliveries.EXPECT_CONTINUE)


@pytest.mark.parametrize("delivery", WAYS)
def test_every_way_to_deliver_works_over_tls(
    delivery: str, own: tls.Authority, server: Loopback
) -> None:
    with tls.relay(server.url, own.server()) as url:
        (exchange,) = ask(url, replace(PLAIN, delivery=delivery), ca=str(own.file))
    assert exchange.ok
    assert server.got[0].body == exchange.request.body


@pytest.mark.parametrize("delivery", ["Content-Length too large", "two Content-Lengths"])
def test_a_server_gets_what_a_message_announced_where_its_end_cannot_be_told(
    delivery: str, own: tls.Authority
) -> None:
    """The server takes the larger length, and waits for it with every right."""

    def connected(connection: socket.socket, _number: int) -> None:
        head, _, body = connection.recv(65_536).partition(b"\r\n\r\n")
        lengths = [int(x.split(b":")[1]) for x in head.split(b"\r\n") if b"Content-Length" in x]
        while len(body) < max(lengths):
            body += connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 400 X\r\nContent-Length: 0\r\n\r\n")

    with raw_server(connected) as (url, _), tls.relay(url, own.server()) as secure:
        (exchange,) = ask(secure, replace(BAD_N, delivery=delivery, control=None), ca=str(own.file))
    assert exchange.status == 400


def test_a_408_for_a_malformed_message_is_not_sent_again() -> None:
    with answering(refusal(408)) as server:
        spec = replace(BAD_N, delivery="Content-Length too small", control=None)
        (exchange,) = ask(server.url, spec)
    assert exchange.status == 408
    assert exchange.earlier == ()


def test_a_malformed_message_has_a_bounded_wait_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("conformance.send.wire.transport.MALFORMED_S", 0.1)

    with raw_server(lambda c, _: _held(c)) as (url, _):
        spec = replace(BAD_N, delivery="no Host", control=None)
        (exchange,) = ask(url, spec, limits=Limits(timeout_s=60))
    assert exchange.failure == "timeout"
    assert exchange.failure_text == "no whole answer within 0.1 s"


def _held(connection: socket.socket) -> None:
    """Read all, and say nothing until the client is gone altogether."""
    while connection.recv(65_536):
        pass
    gone = select.poll()
    gone.register(connection, select.POLLHUP | select.POLLERR)
    gone.poll(5_000)


@pytest.mark.parametrize("delivery", WAYS)
@pytest.mark.parametrize("secure", [False, True])
def test_every_way_to_deliver_works_through_a_proxy(
    delivery: str,
    secure: bool,  # noqa: FBT001 - a column of the table
    own: tls.Authority,
    server: Loopback,
) -> None:
    spec = replace(PLAIN, delivery=delivery)
    with proxy("user:pass word") as through, tls.relay(server.url, own.server()) as https:
        url = https if secure else server.url
        named = through.url.replace(" ", "%20")
        (exchange,) = ask(url, spec, no_fetch=True, proxy=named, ca=str(own.file))
    assert exchange.ok
    assert server.got[0].body == exchange.request.body
    assert "proxy-authorization" not in server.got[0].headers
    assert through.asked[0].startswith("CONNECT" if secure or delivery else "POST http://")


def test_a_proxy_without_tunnels_leaves_out_what_needs_one(server: Loopback) -> None:
    written = replace(PLAIN, label="in pieces", delivery=deliveries.IN_PIECES)
    with proxy(tunnels=False) as through:
        exchanges = ask(server.url, PLAIN, written, proxy=through.url)
    plain, pieces = sorted(exchanges, key=lambda e: e.request.label == "in pieces")
    assert plain.ok
    assert was_never_asked(pieces)
    assert "CONNECT: 403 Forbidden" in pieces.failure_text


def test_a_client_certificate_goes_to_the_gateways_own_address_alone(
    own: tls.Authority, tmp_path: Path
) -> None:
    file = tmp_path / "client.pem"
    own.issue("client@example.org").private_key_and_cert_chain_pem.write_to_path(str(file))
    asking = own.server()
    asking.verify_mode = ssl.CERT_OPTIONAL
    own.issuer.configure_trust(asking)
    shown = dict[str, bool]()

    def noting(name: str, answer: bytes) -> AbstractContextManager[tuple[str, list[int]]]:
        def connected(connection: socket.socket, _number: int) -> None:
            with asking.wrap_socket(connection, server_side=True) as secure:
                read_request(secure)
                shown[name] = bool(secure.getpeercert())
                secure.sendall(b"HTTP/1.1 200 X\r\ncontent-length: %d\r\n\r\n" % len(answer))
                secure.sendall(answer)

        return raw_server(connected)

    with noting("elsewhere", b"picture") as (elsewhere, _):
        urls = json_answer({"data": [{"url": elsewhere.replace("http:", "https:") + "/a.png"}]})
        with noting("gateway", urls.body) as (gateway, _):
            (exchange,) = ask(
                gateway.replace("http:", "https:"),
                PLAIN,
                ca=str(own.file),
                client_cert=str(file),
            )
    assert [f.status for f in exchange.fetched] == [200]
    assert shown == {"gateway": True, "elsewhere": False}
