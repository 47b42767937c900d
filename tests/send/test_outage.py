"""Connections that break, and gateways that go down."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import replace
from typing import Any

import pytest

from conformance.cases.spec import PLAIN, variation
from conformance.send import outage, recheck
from tests.asking import Asking, ask, several
from tests.serving import (
    HOST,
    Answer,
    Got,
    Loopback,
    free_port,
    on_the_wire,
    pictures_answer,
    raw_server,
    read_request,
    refusal,
)

pytestmark = pytest.mark.usefixtures("impatient")

GOOD = on_the_wire(pictures_answer())
CLOSING = on_the_wire(Answer(200, pictures_answer().body, {"connection": "close"}))


def dropping(connection: socket.socket, _number: int) -> None:
    read_request(connection)


def cutting(connection: socket.socket, _number: int) -> None:
    read_request(connection)
    connection.sendall(GOOD[:-5])


def resetting(connection: socket.socket, _number: int) -> None:
    connection.recv(10)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")


@pytest.mark.parametrize("once", [dropping, cutting, resetting])
def test_a_dropped_connection_is_tried_once_more_on_a_new_one_and_both_are_kept(once: Any) -> None:
    ports: list[int] = []

    def connected(connection: socket.socket, number: int) -> None:
        ports.append(connection.getpeername()[1])
        if number == 0:
            once(connection, number)
        else:
            read_request(connection)
            connection.sendall(CLOSING)

    with raw_server(connected) as (url, _):
        (exchange,) = ask(url, PLAIN)
    assert exchange.ok
    assert [a.failure for a in exchange.earlier] == ["dropped"]
    assert exchange.local_port == ports[-1] != ports[0]


def test_a_request_that_breaks_its_connection_twice_is_dropped() -> None:
    def connected(connection: socket.socket, _number: int) -> None:
        if read_request(connection).startswith(b"GET"):
            connection.sendall(CLOSING)

    with raw_server(connected) as (url, _):
        (exchange,) = ask(url, PLAIN)
    assert exchange.failure == "dropped"
    assert recheck.broke_twice(exchange)


def test_a_second_try_is_sent_alone() -> None:
    lock, tried = threading.Lock(), set[bytes]()

    def decide(got: Got) -> Answer:
        with lock:
            first = got.body not in tried
            tried.add(got.body)
        alone.append(server.in_flight == 1 or first)
        time.sleep(0.01)
        return refusal(500) if first else pictures_answer()

    alone: list[bool] = []
    with Loopback(decide) as server:
        found = ask(server.url, *several(6))
    assert all(e.ok for e in found)
    assert [[a.status for a in e.earlier] for e in found] == [[500]] * 6
    assert all(alone)


def test_a_connection_that_was_closed_while_idle_is_replaced_without_a_word() -> None:
    def connected(connection: socket.socket, _number: int) -> None:
        read_request(connection)
        connection.sendall(GOOD)
        read_request(connection)

    with raw_server(connected) as (url, numbers):
        first, second = ask(url, PLAIN, replace(variation(user="2"), after=PLAIN))
    assert first.ok
    assert second.ok
    assert second.earlier == ()
    assert len(numbers) == 2


def stopping(stop: threading.Event, stopped: threading.Event) -> Any:
    """A server that is closed before its first answer is out: what comes next finds nobody."""

    def connected(connection: socket.socket, _number: int) -> None:
        read_request(connection)
        stop.set()
        stopped.wait(5)
        connection.sendall(CLOSING)

    return connected


def serving_again(connection: socket.socket, _number: int) -> None:
    read_request(connection)
    connection.sendall(CLOSING)


def test_a_gateway_that_goes_down_and_comes_back_is_waited_for() -> None:
    stop, stopped, port = threading.Event(), threading.Event(), free_port()
    asking = Asking(f"http://{HOST}:{port}", PLAIN, replace(variation(user="2"), after=PLAIN))
    with asking.sender as sender:
        with raw_server(stopping(stop, stopped), port=port):
            sender.start(asking.plan.requests.values())
            assert stop.wait(5)
        stopped.set()
        time.sleep(0.3)
        with raw_server(serving_again, port=port):
            first, second = sender.settled()
    assert first.ok
    assert second.ok
    assert second.failure is None


def test_a_gateway_that_never_comes_back_is_down_for_all_that_follow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outage, "OUTAGE_S", 0.3)
    stop, stopped, port = threading.Event(), threading.Event(), free_port()
    later = [replace(s, after=PLAIN) for s in several(5)]
    asking = Asking(f"http://{HOST}:{port}", PLAIN, *later)
    with asking.sender as sender:
        with raw_server(stopping(stop, stopped), port=port):
            sender.start(asking.plan.requests.values())
            assert stop.wait(5)
        stopped.set()
        started = time.monotonic()
        first, *rest = sender.settled()
    assert first.ok
    assert [e.failure for e in rest] == ["down"] * 5
    assert "stopped answering" in rest[0].failure_text
    assert time.monotonic() - started < 3
