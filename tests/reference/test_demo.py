"""Whether a server is the reference gateway: asked once, and not for long."""

from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING

from conformance.reference import demo
from tests.serving import Answer, on_the_wire, raw_server, read_request

if TYPE_CHECKING:
    import socket

    import pytest


def test_a_server_says_whether_it_is_the_reference_gateway() -> None:
    for server, is_it in ((f"{demo.SERVER}/1", True), ("nginx", False)):
        answer = on_the_wire(Answer(200, b"", {"server": server}))

        def connected(connection: socket.socket, _: int, answer: bytes = answer) -> None:
            read_request(connection)
            connection.sendall(answer)

        with raw_server(connected) as (url, _):
            assert demo.answers_as_reference(url) is is_it


def test_a_server_that_drips_its_head_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def connected(connection: socket.socket, _: int) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nx: ")
        for _ in itertools.count():
            connection.sendall(b"x")
            time.sleep(0.05)

    monkeypatch.setattr(demo, "LOOK_S", 0.3)
    with raw_server(connected) as (url, _):
        assert not demo.answers_as_reference(url)
