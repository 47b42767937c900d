"""One request and its exchange, whatever the server does."""

from __future__ import annotations

import asyncio
import gzip
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.cases.spec import PLAIN, fault, variation
from conformance.evidence.log import Evidence
from conformance.http.request import Credential
from conformance.send.wire.transport import Transport
from conformance.target.options import Limits
from tests.asking import Asking, answering, ask, several
from tests.serving import (
    HOST,
    KEY,
    Answer,
    Got,
    Loopback,
    free_port,
    json_answer,
    on_the_wire,
    pictures_answer,
    raw_server,
    read_request,
    refusal,
    silent,
)

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from conformance.http.exchange import Exchange

GOOD = on_the_wire(pictures_answer())
REFUSED = fault(variation(n=11), control=PLAIN)


def sent(url: str, most_bytes: int) -> Exchange:
    """One request over a transport that takes answers of so many bytes."""
    asking = Asking(url, PLAIN)
    (request,) = asking.plan.requests.values()

    async def once() -> Exchange:
        async with Transport(asking.target, most_bytes) as own:
            return await own.send(request, 5)

    return asyncio.run(once())


@pytest.mark.parametrize("coding", ["", "gzip"])
def test_an_answer_past_the_limit_is_too_large(coding: str) -> None:
    for size, failure in ((10_000, None), (10_001, "too-large")):
        content = gzip.compress(bytes(size)) if coding else bytes(size)
        with answering(Answer(200, content, {"content-encoding": coding})) as server:
            assert sent(server.url, 10_000).failure == failure


def test_a_compressed_answer_is_read() -> None:
    whole = pictures_answer()
    with answering(
        Answer(200, gzip.compress(whole.body), {**whole.headers, "content-encoding": "gzip"})
    ) as server:
        (exchange,) = ask(server.url, PLAIN)
    assert exchange.content == whole.body


def test_an_answer_that_is_no_gzip_although_it_says_so_is_kept_with_the_problem() -> None:
    with answering(Answer(200, b"no gzip", {"content-encoding": "gzip"})) as server:
        (exchange,) = ask(server.url, PLAIN)
    assert exchange.reply is not None
    assert exchange.content == b"no gzip"
    assert "the body is not" in exchange.reply.coding_problem


@pytest.mark.parametrize("delivery", ["", "in pieces", "pipelined"])
@pytest.mark.parametrize("header", [{"content-encoding": "gzip"}, {}])
def test_a_credential_in_a_compressed_answer_is_seen(delivery: str, header: dict[str, str]) -> None:
    content = gzip.compress(f'{{"key": "{KEY}"}}'.encode())
    with answering(Answer(200, content, header)) as server:
        (exchange,) = ask(server.url, replace(PLAIN, delivery=delivery))
    assert exchange.text == '{"key": "«whole credential:CONFORMANCE_API_KEY»"}'
    assert exchange.reply is not None
    assert exchange.reply.coding == "gzip"
    assert bool(exchange.reply.coding_problem) is not bool(header)


def test_a_compressed_answer_is_bounded_by_what_it_holds() -> None:
    twice = gzip.compress(gzip.compress(bytes(20_000_000)))
    with answering(Answer(200, twice, {"content-encoding": "gzip, gzip"})) as server:
        assert sent(server.url, 10_000_000).failure == "too-large"


@pytest.mark.parametrize(
    "noise", [b"SSH-2.0-OpenSSH_9\r\n", b"\x15\x03\x01\x00\x02\x02\x16", b"\n" * 99]
)
def test_what_is_no_http_is_told_as_such(noise: bytes) -> None:
    def connected(connection: socket.socket, _number: int) -> None:
        read_request(connection)
        connection.sendall(noise)

    with raw_server(connected) as (url, _):
        (exchange,) = ask(url, PLAIN)
    assert exchange.failure in ("not-http", "dropped")
    assert exchange.reply is None


@pytest.mark.parametrize("delivery", ["", "in pieces", "odd chunks"])
def test_a_connection_closed_without_an_answer_is_dropped(delivery: str) -> None:
    def connected(connection: socket.socket, _number: int) -> None:
        while not connection.recv(65_536).endswith((b"--\r\n", b"X-Trailer: 1\r\n\r\n")):
            pass

    with raw_server(connected) as (url, _):
        (exchange,) = ask(url, replace(PLAIN, delivery=delivery))
    assert exchange.failure == "dropped"


def test_a_port_without_a_listener_is_unreachable() -> None:
    (exchange,) = ask(f"http://{HOST}:{free_port()}", PLAIN)
    assert exchange.failure == "unreachable"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(status: int) -> None:
    with answering(pictures_answer()) as elsewhere:
        moved = Answer(status, b"", {"location": elsewhere.url + "/v1/images/variations"})
        with answering(moved) as server:
            (exchange,) = ask(server.url, PLAIN)
        assert exchange.status == status
        assert elsewhere.got == []


def test_a_chunked_body_arrives_whole_and_without_a_length() -> None:
    with answering(pictures_answer()) as server:
        (exchange,) = ask(server.url, replace(PLAIN, chunked=True))
    (got,) = server.got
    assert got.headers["transfer-encoding"] == "chunked"
    assert "content-length" not in got.headers
    assert got.body == exchange.request.body


def test_requests_on_one_named_connection_share_it() -> None:
    specs = [replace(s, connection="one") for s in several(3)]
    with answering(pictures_answer()) as server:
        found = ask(server.url, *specs)
    assert len({e.local_port for e in found}) == 1
    assert len({g.client_port for g in server.got}) == 1


@pytest.mark.parametrize(("idle_s", "connections"), [(0.0, 2), (None, 1)])
def test_an_idle_connection_is_closed_in_time_or_left_to_the_server(
    idle_s: float | None, connections: int
) -> None:
    with answering(pictures_answer()) as server:
        asking = Asking(server.url, PLAIN)
        (request,) = asking.plan.requests.values()

        async def twice() -> set[int | None]:
            async with Transport(asking.target, idle_s=idle_s) as transport:
                return {(await transport.send(request, 5)).local_port for _ in range(2)}

        assert len(asyncio.run(twice())) == connections


def test_a_credential_in_the_query_is_not_in_the_header_too() -> None:
    with answering(refusal()) as server:
        ask(
            server.url, fault(replace(PLAIN, credential=Credential(query="api_key")), control=PLAIN)
        )
    (got,) = [g for g in server.got if "?" in g.path]
    assert got.path.endswith(f"?api_key={KEY}")
    assert "authorization" not in got.headers


@pytest.mark.parametrize(
    ("credential", "sent"),
    [
        (Credential(), f"Bearer {KEY}"),
        (Credential(name=""), None),
        (Credential(scheme="bearer"), f"bearer {KEY}"),
        (Credential(change="cut by one"), f"Bearer {KEY[:-1]}"),
        (Credential(change="empty"), "Bearer"),
        (Credential(change="empty", scheme=""), ""),
    ],
)
def test_a_credential_is_put_in_when_it_is_sent(credential: Credential, sent: str | None) -> None:
    with answering(pictures_answer()) as server:
        asking = Asking(server.url)
        with asking.sender as sender:
            sender.send(asking.plan.bind(replace(PLAIN, credential=credential)))  # type: ignore[arg-type] # bound: the target can be asked it
    assert server.got[0].headers.get("authorization") == sent


def test_no_credential_is_in_an_exchange_or_in_the_evidence(tmp_path: Path) -> None:
    def echo(got: Got) -> Answer:
        told = json.dumps({"data": [{"url": f"{server.url}/{KEY}"}], "sent": got.headers}).encode()
        return Answer(
            200, told, {"x-echo": got.headers.get("authorization", ""), "x-half": KEY[:14]}
        )

    hidden = "value-of-the-header"
    path = tmp_path / "evidence.jsonl"
    with Loopback(echo) as server:
        specs = [
            PLAIN,
            fault(replace(PLAIN, credential=Credential(change="lengthened")), control=PLAIN),
        ]
        asking = Asking(
            server.url, *specs, header=["X-Other: ${HIDDEN}"], environment={"HIDDEN": hidden}
        )
        found = asking.all()
        sent = server.got[0].headers["x-other"]
    evidence = Evidence(path, asking.plan.target.vault)
    for exchange in found:
        evidence(exchange)
    evidence.close()
    assert sent == hidden
    for shown in (repr(found), path.read_text()):
        assert KEY[:14] not in shown
        assert hidden not in shown
    assert "whole credential:CONFORMANCE_API_KEY" in found[0].text
    assert found[0].header("x-half") == "«half credential:CONFORMANCE_API_KEY»"


def test_a_url_that_no_text_can_hold_does_not_stop_the_run() -> None:
    odd = json_answer(
        {"data": [{"url": "\ud800"}, {"url": "http://[::1"}, {"url": "http://\udcff/"}]}
    )
    with answering(odd) as server:
        (exchange,) = ask(server.url, PLAIN)
    assert exchange.ok
    assert len(exchange.fetched) == 3
    assert all(f.problem for f in exchange.fetched)


def endless(connection: socket.socket, _number: int) -> None:
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"1\r\nx\r\n")


@pytest.mark.parametrize("server", [silent, endless])
def test_the_whole_exchange_is_bounded_in_time(server: Any) -> None:
    with raw_server(server) as (url, _):
        (exchange,) = ask(url, PLAIN, limits=Limits(timeout_s=0.3))
    assert exchange.failure == "timeout"
    assert exchange.failure_text == "no whole answer within 0.3 s"
    assert [a.failure for a in exchange.earlier] == ["timeout"]


@pytest.mark.parametrize(
    ("title_case", "name"), [(False, b"authorization"), (True, b"Authorization")]
)
def test_the_name_of_the_credentials_header_is_written_like_the_others(
    title_case: bool,  # noqa: FBT001 - a column of the table
    name: bytes,
) -> None:
    heads = list[bytes]()

    def connected(connection: socket.socket, _number: int) -> None:
        heads.append(read_request(connection).partition(b"\r\n\r\n")[0])
        connection.sendall(GOOD)

    with raw_server(connected) as (url, _):
        ask(url, replace(PLAIN, title_case=title_case))
    (head,) = heads
    names = [line.partition(b":")[0] for line in head.split(b"\r\n")[1:]]
    assert name in names
    assert (b"Content-Type" in names) is title_case
