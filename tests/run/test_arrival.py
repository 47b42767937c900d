"""Whether anybody is at the gateway's address: the look that comes before any good request."""

from __future__ import annotations

import dataclasses
import threading
import time
from typing import TYPE_CHECKING

import pytest

from conformance.cases.spec import PLAIN
from conformance.http.request import Credential, Request
from conformance.plan.plan import Plan
from conformance.run import arrival
from conformance.send.outages.life import harmless
from tests import tls
from tests.serving import (
    HOST,
    KEY,
    Answer,
    Got,
    Loopback,
    free_port,
    on_the_wire,
    pictures_answer,
    raw_server,
    read_request,
    refusal,
    silent,
    target_at,
)

if TYPE_CHECKING:
    import socket
    from pathlib import Path

PATIENCE_S = 0.3


def is_there(
    url: str, *, wait_s: float = 0.0, patience_s: float = PATIENCE_S
) -> tuple[bool, list[str]]:
    """What the look says, and what it said while it waited."""
    target = target_at(url)
    first = Plan(target, 1).bind(PLAIN)
    assert isinstance(first, Request)
    look = dataclasses.replace(harmless(first), credential=Credential(name=""))
    said: list[str] = []
    there = arrival.is_there(target, look, timeout_s=patience_s, wait_s=wait_s, say=said.append)
    return there, said


@pytest.mark.parametrize("status", [200, 401, 404, 429, 500, 502])
def test_whoever_answers_is_there(status: int) -> None:
    with Loopback(lambda _: Answer(status, b"")) as server:
        assert is_there(server.url) == (True, [])
    (got,) = server.got
    assert (got.method, got.path, got.body) == ("GET", "/v1/images/variations", b"")
    assert KEY not in str(got)


def test_whoever_takes_the_connection_and_says_nothing_is_not_there() -> None:
    with raw_server(silent) as (url, _):
        assert not is_there(url)[0]


def test_whoever_hangs_on_get_alone_is_there() -> None:
    def hangs(connection: socket.socket, _number: int) -> None:
        request = read_request(connection)
        if not request.startswith(b"GET"):
            connection.sendall(on_the_wire(Answer(401, b"")))
        else:
            over.wait(20)

    over = threading.Event()
    with raw_server(hangs) as (url, _):
        assert is_there(url, patience_s=2)[0]
        over.set()


def test_what_does_not_connect_is_left_to_the_preflight() -> None:
    assert is_there(f"http://{HOST}:{free_port()}") == (True, [])


def test_a_gateway_of_one_request_at_a_time_is_asked_before_it_draws() -> None:
    """A picture takes it longer than a look may: sent after the look, it keeps nobody from it."""
    at_work = threading.Lock()

    def draw(got: Got) -> Answer:
        with at_work:
            if got.method == "GET":
                return refusal(405)
            time.sleep(3 * PATIENCE_S)
            return pictures_answer()

    with Loopback(draw) as server:
        assert is_there(server.url)[0]


def test_a_gateway_that_starts_late_is_waited_for() -> None:
    port, up, over = free_port(), threading.Event(), threading.Event()

    def serve() -> None:
        up.wait(20)
        with raw_server(starting, port=port):
            over.wait(20)

    def starting(connection: socket.socket, number: int) -> None:
        read_request(connection)
        if number > 0:
            # A proxy that has nobody behind it yet, and then the gateway.
            connection.sendall(on_the_wire(Answer(502 if number == 1 else 401, b"")))
            answered.append(number)

    answered: list[int] = []
    thread = threading.Thread(target=serve)
    thread.start()
    timer = threading.Timer(0.3, up.set)
    timer.start()
    try:
        assert is_there(f"http://{HOST}:{port}", wait_s=20)[0]
    finally:
        over.set()
        thread.join()
    assert answered == [1, 2]


def test_a_wait_that_is_over_says_who_was_never_there() -> None:
    assert is_there(f"http://{HOST}:{free_port()}", wait_s=0.4)[0], "the preflight says why"
    with raw_server(silent) as (url, _):
        assert not is_there(url, wait_s=0.4, patience_s=0.2)[0]


def test_what_no_waiting_changes_is_not_waited_for(tmp_path: Path) -> None:
    own = tls.authority(tmp_path)
    began = time.monotonic()
    with Loopback(lambda _: refusal(401)) as server, tls.relay(server.url, own.server()) as url:
        assert is_there(url, wait_s=60, patience_s=10)[0]
    assert time.monotonic() - began < 30


def test_who_waits_hears_for_what(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrival, "FIRST_WORD_S", 0.1)
    with raw_server(silent) as (url, _):
        _, said = is_there(url, patience_s=0.7)
    assert said[0].startswith(f"{url} has not answered for ")
    assert said[0].endswith("(no answer yet); waiting up to 0.7 s")
    _, said = is_there(f"http://{HOST}:{free_port()}", wait_s=0.8)
    assert "All connection attempts failed" in said[0]
    assert said[0].endswith("waiting up to 0.8 s")
    # Less and less often.
    assert len(said) <= 3
