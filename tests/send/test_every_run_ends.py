"""Servers that would hold a run up for ever: each request is settled, and nothing waits for long."""

from __future__ import annotations

import contextlib
import itertools
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from conformance.cases.spec import PLAIN, fault, variation
from conformance.send.deadlines.hangs import LEARNT_AFTER
from conformance.target.options import Limits
from tests.asking import Asking, several
from tests.serving import Answer, on_the_wire, pictures_answer, raw_server, read_request, refusal

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

    from conformance.cases.spec import Spec
    from conformance.http.exchange import Exchange

GOOD = on_the_wire(Answer(200, pictures_answer().body, {"connection": "close"}))
REFUSED = on_the_wire(replace(refusal(), headers={"connection": "close"}))
# Far more than any of these takes, on a machine that is busy.
LONG_S = 60.0
DAY = "86400"


def pieces(first: bytes, more: bytes, pause_s: float) -> Callable[[socket.socket], None]:
    """Send something, and then something else again and again."""

    def send(connection: socket.socket) -> None:
        connection.sendall(first)
        for _ in itertools.count():
            connection.sendall(more)
            time.sleep(pause_s)

    return send


def silent(connection: socket.socket) -> None:
    connection.settimeout(LONG_S)
    connection.recv(1)


def asks_for_later(status: int, retry_after: str) -> Callable[[socket.socket], None]:
    headers = {"connection": "close", "retry-after": retry_after}
    answer = on_the_wire(Answer(status, b"{}", headers))
    return lambda connection: connection.sendall(answer)


CHUNKED = b"HTTP/1.1 400 X\r\ntransfer-encoding: chunked\r\n\r\n"
ENDLESS: dict[str, Callable[[socket.socket], None]] = {
    "never answers": silent,
    "drips its head": pieces(b"HTTP/1.1 400 X\r\nx: ", b"x", 0.05),
    "drips its body": pieces(b"HTTP/1.1 400 X\r\ncontent-length: 9999\r\n\r\n", b"x", 0.05),
    "sends chunks for ever": pieces(CHUNKED, b"3\r\nabc\r\n", 0.01),
    "continues for ever": pieces(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.01),
    "hints for ever": pieces(b"", b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n", 0.0),
    "breaks each connection": lambda _connection: None,
    "429 for a day": asks_for_later(429, DAY),
    "429 for longer than a number holds": asks_for_later(429, "1e309"),
    "429 until the last year": asks_for_later(429, "Fri, 31 Dec 9999 23:59:59 GMT"),
    "503 for a day": asks_for_later(503, DAY),
    "408 for a day": asks_for_later(408, DAY),
    "redirects to itself": lambda connection: connection.sendall(
        b"HTTP/1.1 307 X\r\nlocation: /v1/images/variations\r\ncontent-length: 0\r\n\r\n"
    ),
}


@contextlib.contextmanager
def first_good_then(
    hostile: Callable[[socket.socket], None], good: int
) -> Iterator[tuple[str, list[int]]]:
    """A server that answers so many requests with a picture, and from then on is hostile."""

    def connected(connection: socket.socket, number: int) -> None:
        # A whole run sends malformed lengths, too.
        with contextlib.suppress(ValueError):
            if not read_request(connection):
                return
        if number < good:
            connection.sendall(GOOD)
        else:
            hostile(connection)

    with raw_server(connected) as served:
        yield served


@pytest.mark.parametrize("good", [0, 2])
@pytest.mark.parametrize("hostile", ENDLESS)
def test_every_request_is_settled_when_the_time_is_over(hostile: str, good: int) -> None:
    began = time.monotonic()
    limits = Limits(timeout_s=0.4, max_time_s=1.0)
    with first_good_then(ENDLESS[hostile], good) as (url, _):
        found = Asking(url, *several(30), limits=limits).all()
    assert time.monotonic() - began < LONG_S
    assert len(found) == 30
    assert sum(e.ok for e in found) <= good


def test_what_was_not_reached_says_what_held_the_run_up() -> None:
    with first_good_then(silent, 1) as (url, numbers):
        found = Asking(url, *several(60), limits=Limits(timeout_s=0.3, max_time_s=0.6)).all()
    late = [e for e in found if e.failure == "overtime"]
    assert len(late) > 40
    assert len(numbers) < 20
    told = {e.failure_text for e in late}
    assert len(told) == 1
    assert "the run's time was over (--max-time 0.6 s); " in told.pop()


def test_nothing_is_sent_once_the_time_is_over() -> None:
    asking = Asking("http://127.0.0.1:1", PLAIN, limits=Limits(max_time_s=0.01))
    time.sleep(0.05)
    (found,) = asking.all()
    # The time begins with the sender, and one request may be in flight by then.
    assert found.failure in ("overtime", "unreachable")


def test_a_second_look_that_came_too_late_leaves_the_first_one_unconfirmed() -> None:
    with first_good_then(silent, 0) as (url, _):
        asking = Asking(url, PLAIN, limits=Limits(timeout_s=0.4, max_time_s=0.3))
        (found,) = asking.all()
    assert found.failure == "overtime"
    assert [(a.failure, a.excused) for a in found.earlier] == [("timeout", True)]


def faulty(count: int) -> list[Spec]:
    control = variation(n=1)
    return [fault(variation(n=f"x{i}"), control=control) for i in range(count)]


def asked_of(url: str, timeout_s: float, count: int) -> list[Exchange]:
    limits = Limits(concurrency=2, timeout_s=timeout_s)
    found = Asking(url, variation(n=1), *faulty(count), limits=limits).all()
    return [e for e in found if e.request.expected == "refused"]


def test_refusals_that_hang_are_learnt_once() -> None:
    def connected(connection: socket.socket, _number: int) -> None:
        if b"\r\n\r\nx" in read_request(connection):
            silent(connection)
        else:
            connection.sendall(GOOD)

    with raw_server(connected) as (url, numbers):
        found = asked_of(url, 1.5, 24)
    assert [e.failure for e in found] == ["timeout"] * 24
    whole = [e for e in found if e.failure_text == "no whole answer within 1.5 s"]
    short = [e for e in found if "The run waits no longer, since" in e.failure_text]
    # One more may be in flight while the third one is waited for.
    assert 1 <= len(whole) <= LEARNT_AFTER + 1
    assert len(whole) + len(short) == 24
    # Not each of them is looked at twice.
    assert sum(bool(e.earlier) for e in found) < 24
    assert len(numbers) < 2 * 24


def test_a_gateway_that_is_slow_to_refuse_is_not_blamed_for_another_ones_hang() -> None:
    def connected(connection: socket.socket, _number: int) -> None:
        content = read_request(connection)
        if any(b"\r\n\r\nx%d\r\n" % number in content for number in range(3)):
            silent(connection)
            return
        if b"\r\n\r\nx" in content:
            time.sleep(0.9)
        connection.sendall(REFUSED if b"\r\n\r\nx" in content else GOOD)

    with raw_server(connected) as (url, _):
        found = asked_of(url, 2.0, 12)
    assert [e.failure for e in found[:3]] == ["timeout"] * 3
    assert [e.status for e in found[3:]] == [400] * 9
    # What was waited for too shortly is no change of a verdict.
    assert all(attempt.excused for e in found[3:] for attempt in e.earlier)
