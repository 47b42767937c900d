"""What comes on a connection behind an answer, and what becomes of the connection."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from conformance.cases.spec import BAD_N, PLAIN, variation
from conformance.http.deliveries import IN_PIECES
from conformance.send.wire.transport import Transport
from tests.asking import Asking
from tests.serving import (
    KEY,
    Answer,
    on_the_wire,
    pictures_answer,
    raw_server,
    read_request,
    refusal,
)

if TYPE_CHECKING:
    import socket

    from conformance.cases.spec import Spec
    from conformance.http.exchange import Exchange
    from conformance.send.wire.kept import Surplus

GOOD, REFUSED = on_the_wire(pictures_answer()), on_the_wire(refusal())
STRAY = on_the_wire(refusal(418, f"an answer that nobody asked for, with {KEY}"))
TIMED_OUT = on_the_wire(Answer(408, b"", {"connection": "close"}))
LATER = replace(variation(user="later"), after=PLAIN)
HEAD = replace(PLAIN, label="HEAD", method="HEAD", expected="either")


def behind(
    content: bytes, *specs: Spec, answer: bytes = GOOD
) -> tuple[list[Exchange], list[Surplus]]:
    """Ask a server that writes these bytes behind each answer; return what the run has of it."""

    def connected(connection: socket.socket, _number: int) -> None:
        while read_request(connection):
            connection.sendall(answer + content)

    with raw_server(connected) as (url, _):
        asking = Asking(url, *specs)
        with asking.sender as sender:
            sender.start(asking.plan.requests.values())
            return sender.settled(), list(sender.surplus())


@pytest.mark.parametrize("content", [b"\n", b"{}", STRAY])
def test_bytes_behind_an_answer_are_its_own_and_never_the_next_answer(content: bytes) -> None:
    found, surplus = behind(content, PLAIN, LATER)
    assert [e.status for e in found] == [200, 200]
    assert [s.request.label for s in surplus] == ["plain", "user=later"]
    assert all(e.surplus for e in found)
    assert len({e.local_port for e in found}) == 2


def test_no_credential_is_in_what_comes_behind_an_answer() -> None:
    found, surplus = behind(STRAY, PLAIN)
    for content in (found[0].surplus, surplus[0].content):
        assert KEY.encode() not in content
        assert b"whole credential" in content


def test_a_body_behind_the_answer_to_head_is_seen() -> None:
    head = GOOD.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    found, surplus = behind(b'{"data": []}', HEAD, answer=head)
    assert found[0].status == 200
    assert [s.content for s in surplus] == [b'{"data": []}']


def test_bytes_behind_an_answer_to_a_raw_delivery_are_seen() -> None:
    _, surplus = behind(STRAY, replace(PLAIN, delivery=IN_PIECES))
    assert len(surplus) == 1


@pytest.mark.parametrize("content", [TIMED_OUT, b""])
def test_a_server_may_say_why_it_closes_and_close(content: bytes) -> None:
    def connected(connection: socket.socket, _number: int) -> None:
        read_request(connection)
        connection.sendall(GOOD)
        connection.sendall(content)

    with raw_server(connected) as (url, numbers):
        asking = Asking(url, PLAIN, LATER)
        with asking.sender as sender:
            sender.start(asking.plan.requests.values())
            found = sender.settled()
            assert sender.surplus() == ()
    assert [e.status for e in found] == [200, 200]
    assert len(numbers) == 2


def test_what_came_late_is_kept_for_the_request_before_it() -> None:
    """A second answer that arrives between two requests."""

    def connected(connection: socket.socket, number: int) -> None:
        read_request(connection)
        if number == 0:  # before the answer: the test goes on as soon as that is there
            after_the_first.append(connection.dup())
        connection.sendall(GOOD)
        read_request(connection)

    after_the_first: list[socket.socket] = []
    with raw_server(connected) as (url, _):
        asking = Asking(url, PLAIN, replace(BAD_N, control=None, expected="either"))
        first, second = asking.plan.requests.values()
        with asking.sender as sender:
            sender.send(first)
            after_the_first[0].sendall(REFUSED)
            after_the_first[0].close()
            found = sender.send(second)
            (surplus,) = sender.surplus()
    assert found.status == 200
    assert surplus.request.label == "plain"
    assert surplus.content == REFUSED


def test_a_body_that_follows_the_answer_to_head_late_is_seen_and_is_nobodys_answer() -> None:
    sent: list[socket.socket] = []

    def connected(connection: socket.socket, _number: int) -> None:
        while request := read_request(connection):
            if request.startswith(b"HEAD"):
                sent.append(connection.dup())
                connection.sendall(GOOD.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
            else:
                connection.sendall(GOOD)

    with raw_server(connected) as (url, _):
        asking = Asking(url, HEAD, replace(PLAIN, after=HEAD))
        first, second = asking.plan.requests.values()
        with asking.sender as sender:
            sender.send(first)
            sent[0].sendall(b'{"data": []}')
            found = sender.send(second)
            (surplus,) = sender.surplus()
        sent[0].close()
    assert (found.status, found.failure) == (200, None)
    assert surplus.request.label == "HEAD"
    assert surplus.content == b'{"data": []}'


@pytest.mark.parametrize("stray", [b"no HTTP at all\r\n\r\n", STRAY, STRAY[:-9]])
def test_what_comes_while_a_used_connection_is_used_is_the_earlier_requests(stray: bytes) -> None:
    """The stray bytes come first, then the answer: neither is taken for the other."""

    def connected(connection: socket.socket, _number: int) -> None:
        nth = 0
        while read_request(connection):
            nth += 1
            connection.sendall((stray if nth > 1 else b"") + GOOD)

    # A connection with a name is used again whatever else is free.
    first = replace(PLAIN, connection="one")
    with raw_server(connected) as (url, _):
        asking = Asking(url, first, replace(LATER, connection="one", after=first))
        with asking.sender as sender:
            sender.start(asking.plan.requests.values())
            found = sender.settled()
            surplus = sender.surplus()
    assert [e.status for e in found] == [200, 200]
    assert [e.failure for e in found] == [None, None]
    assert {s.request.label for s in surplus} == {"plain"}
    assert all(KEY.encode() not in s.content for s in surplus)


def test_what_came_behind_the_last_answer_of_all_is_seen() -> None:
    def connected(connection: socket.socket, _number: int) -> None:
        read_request(connection)
        connection.sendall(GOOD)
        settled.wait(5)
        connection.sendall(STRAY)
        written.set()
        read_request(connection)

    settled, written = threading.Event(), threading.Event()
    with raw_server(connected) as (url, _):
        asking = Asking(url, PLAIN)
        with asking.sender as sender:
            sender.start(asking.plan.requests.values())
            sender.settled()
            settled.set()
            written.wait(5)
            (surplus,) = sender.surplus()
    assert surplus.request.label == "plain"


def test_what_is_no_http_on_a_new_connection_is_the_requests_own_failure() -> None:
    def connected(connection: socket.socket, _number: int) -> None:
        while read_request(connection):
            connection.sendall(b"no HTTP at all\r\n\r\n")

    with raw_server(connected) as (url, _):
        asking = Asking(url, PLAIN)
        with asking.sender as sender:
            sender.start(asking.plan.requests.values())
            (found,) = sender.settled()
            assert sender.surplus() == ()
    assert found.failure == "not-http"


def test_a_look_at_idle_connections_takes_nothing_from_those_that_are_lent_meanwhile() -> None:
    """Half of the idle connections were closed by the server; each look at one of them takes a moment."""
    at_once = 8
    together = threading.Barrier(at_once)

    def connected(connection: socket.socket, number: int) -> None:
        read_request(connection)
        if number < at_once:
            together.wait(20)
        connection.sendall(GOOD)
        if number % 2 and number < at_once:
            return
        while read_request(connection):
            connection.sendall(GOOD)

    async def talk(url: str) -> list[Exchange]:
        asking = Asking(url, PLAIN)
        (request,) = asking.plan.requests.values()

        async def later(steps: int) -> Exchange:
            for _ in range(steps):
                await asyncio.sleep(0)
            return await one.send(request, 60)

        async with Transport(asking.target) as one:
            await asyncio.gather(*(one.send(request, 60) for _ in range(at_once)))
            found = []
            for _ in range(20):
                sent = [asyncio.ensure_future(later(steps)) for steps in range(at_once)]
                await asyncio.gather(*(one.broken() for _ in range(3)))
                found += await asyncio.gather(*sent)
            await one.look()
            assert one._surplus.found == []
        return found

    with raw_server(connected) as (url, _):
        found = asyncio.run(talk(url))
    assert {(e.status, e.failure) for e in found} == {(200, None)}


def test_one_connection_that_broke_is_one_however_often_its_successor_serves() -> None:
    def connected(connection: socket.socket, number: int) -> None:
        while read_request(connection):
            connection.sendall(GOOD)
            if number == 0:
                return

    async def talk(url: str) -> list[Exchange]:
        asking = Asking(url, PLAIN)
        (request,) = asking.plan.requests.values()
        async with Transport(asking.target, idle_s=None) as one:
            return [await one.send(request, 60) for _ in range(4)]

    with raw_server(connected) as (url, numbers):
        found = asyncio.run(talk(url))
    assert len(numbers) == 2
    assert [e.broken for e in found] == [False, True, False, False]
