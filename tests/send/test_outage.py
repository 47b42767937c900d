"""Connections that break, and gateways that go down."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.cases.spec import PLAIN, variation
from conformance.http.request import Request
from conformance.plan.plan import Plan
from conformance.send import recheck
from conformance.send.outages.comeback import OUTAGE_S
from conformance.send.outages.outage import OutageMonitor
from conformance.send.wire.transport import Transport
from tests.asking import Asking, ask, several
from tests.clock import Skipping
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
    target_at,
)

if TYPE_CHECKING:
    from conformance.cases.spec import Spec
    from conformance.http.exchange import Exchange

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


class Gateway:
    """A server on one port that can go down and come back."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://{HOST}:{self.port}"
        self._up = contextlib.ExitStack()

    def goes_down(self) -> None:
        self._up.close()

    def comes_up(self) -> None:
        self._up.enter_context(raw_server(serving, port=self.port))


def serving(connection: socket.socket, _number: int) -> None:
    read_request(connection)
    connection.sendall(CLOSING)


def after_the_first(gateway: Gateway, later: list[Spec], back_s: float | None) -> Found:
    """Send a request, take the gateway down, and send these; it comes back after so long."""
    asking = Asking(gateway.url, PLAIN, *later)
    first, *rest = asking.plan.requests.values()
    if back_s is not None:
        asking.time.at(back_s, gateway.comes_up)
    gateway.comes_up()
    with asking.sender as sender:
        good = sender.send(first)
        gateway.goes_down()
        sender.start(rest)
        found = sender.settled()[1:]
        gateway.goes_down()
    assert good.ok
    return Found(found, max(asking.settled_at.values()))


@dataclass(frozen=True)
class Found:
    exchanges: list[Exchange]
    waited_s: float


def test_a_gateway_that_goes_down_and_comes_back_is_waited_for() -> None:
    found = after_the_first(Gateway(), several(2)[1:], back_s=9.0)
    assert [e.status for e in found.exchanges] == [200]
    assert found.waited_s == pytest.approx(9.0)


def test_a_gateway_that_never_comes_back_is_down_for_all_that_follow() -> None:
    found = after_the_first(Gateway(), several(6)[1:], back_s=None)
    assert [e.failure for e in found.exchanges] == ["down"] * 5
    assert "process ended (connections refused since" in found.exchanges[0].failure_text
    # The first one waits for the whole time; the others do not wait again.
    assert found.waited_s == pytest.approx(OUTAGE_S)


def test_a_gateway_that_never_answered_is_not_waited_for() -> None:
    asking = Asking(f"http://{HOST}:{free_port()}", PLAIN)
    (exchange,) = asking.all()
    assert exchange.failure == "unreachable"
    assert asking.time.now() == 0


@dataclass
class Front:
    """What stands before a gateway: it takes connections, and breaks them while nobody serves."""

    up: bool = True

    def connected(self, connection: socket.socket, _number: int) -> None:
        read_request(connection)
        if self.up:
            connection.sendall(CLOSING)

    def comes_up(self) -> None:
        self.up = True


def test_a_gateway_that_restarts_behind_a_proxy_is_waited_for_and_excused() -> None:
    front = Front()
    with raw_server(front.connected) as (url, _):
        asking = Asking(url, *several(7))
        first, *rest = asking.plan.requests.values()
        asking.time.at(4.0, front.comes_up)
        with asking.sender as sender:
            sender.send(first)
            front.up = False
            sender.start(rest)
            found = sender.settled()[1:]
    assert [e.status for e in found] == [200] * 6
    assert all(attempt.excused for e in found for attempt in e.earlier)
    assert asking.time.now() >= 4.0


@pytest.mark.parametrize("answers_gets", [True, False])
def test_a_server_that_breaks_off_requests_is_not_down_and_not_waited_for(
    *, answers_gets: bool
) -> None:
    def connected(connection: socket.socket, _number: int) -> None:
        if read_request(connection).startswith(b"GET") and answers_gets:
            connection.sendall(CLOSING)

    async def send(monitor: OutageMonitor, request: Request) -> None:
        async with Transport(target) as own:
            for _ in range(20):
                await monitor.send(request, own, None, lambda: True)

    with raw_server(connected) as (url, _):
        target, time = target_at(url), Skipping()
        monitor = OutageMonitor(target, 5, time.clock)
        request = Plan(target, 1).bind(PLAIN)
        assert isinstance(request, Request)
        asyncio.run(send(monitor, request))
    assert not monitor.had_outage
    # What never served anything has not gone down: --wait is for a gateway that starts.
    assert time.now() == 0
