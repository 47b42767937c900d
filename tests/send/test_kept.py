"""What comes on a connection behind an answer, and what becomes of the connection."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from conformance.cases.spec import BAD_N, PLAIN, variation
from conformance.http.deliveries import IN_PIECES
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
    from conformance.send.kept import Surplus

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
        connection.sendall(GOOD)
        if number == 0:
            after_the_first.append(connection.dup())
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
