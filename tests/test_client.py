"""The sender against servers that behave, and against those that do not."""

from __future__ import annotations

import contextlib
import gzip
import json
import re
import socket
import threading
import time
import urllib.request
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pytest

from conformance import revival, surprise, transport
from conformance.budget import Limits
from conformance.client import Sender
from conformance.evidence import Evidence
from conformance.exchange import Credential, Exchange
from conformance.plan import Plan
from conformance.variation import LAST, PLAIN, Spec, fault, variation

from .serving import (
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
    target_at,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GOOD = on_the_wire(pictures_answer())
CLOSING = on_the_wire(Answer(200, pictures_answer().body, {"connection": "close"}))
REFUSED = fault(variation(n=11), twin=PLAIN)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surprise, "PAUSES_S", (0.01, 0.01, 0.01, 0.01))
    monkeypatch.setattr(revival, "REVIVAL_S", 2.0)
    monkeypatch.setattr(revival, "REVIVAL_STEP_S", 0.02)


class Asking:
    """Specs bound to a server, and a sender for them."""

    def __init__(self, url: str, *specs: Spec, limits: Limits | None = None, **flags: Any) -> None:
        self.target = target_at(url, **flags)
        self.plan = Plan(self.target, 1)
        for spec in specs:
            self.plan.add(spec)
        self.seen: list[Exchange] = []
        self._limits = limits or Limits(timeout_s=5)

    @cached_property
    def sender(self) -> Sender:
        return Sender(self.target, self._limits, self.seen.append)

    def all(self) -> list[Exchange]:
        with self.sender:
            self.sender.start(self.plan.requests.values(), self.plan.optional.values())
            return self.sender.settled()


def ask(url: str, *specs: Spec, limits: Limits | None = None, **flags: Any) -> list[Exchange]:
    return Asking(url, *specs, limits=limits, **flags).all()


@contextlib.contextmanager
def answering(*answers: Answer) -> Iterator[Loopback]:
    """A server that gives these answers in turn, and the last one from then on."""
    left = list(answers)
    with Loopback(lambda _got: left.pop(0) if len(left) > 1 else left[0]) as server:
        yield server


def as_asked(got: Got) -> Answer:
    """As many items as n says."""
    n = re.search(rb'name="n"\r\n\r\n(\d+)\r\n', got.body)
    return pictures_answer(int(n[1]) if n else 1)


def several(count: int) -> list[Spec]:
    return [replace(variation(f"number {i}"), copy=i) for i in range(count)]


def test_a_good_answer_is_one_request_and_nothing_else() -> None:
    with answering(pictures_answer()) as server:
        (exchange,) = ask(server.url, PLAIN)
    assert exchange.ok
    assert exchange.earlier == ()
    assert len(server.got) == 1
    assert server.got[0].path == "/v1/images/variations"
    assert server.got[0].headers["authorization"] == f"Bearer {KEY}"
    assert server.got[0].body == exchange.request.body
    assert int(server.got[0].headers["content-length"]) == len(exchange.request.body)


def test_no_more_requests_are_in_flight_than_asked_for() -> None:
    def slowly(_got: Got) -> Answer:
        time.sleep(0.03)
        return pictures_answer()

    with Loopback(slowly) as server:
        found = ask(server.url, *several(12), limits=Limits(concurrency=3, timeout_s=5))
    assert all(e.ok for e in found)
    assert server.most_in_flight == 3


def test_one_at_a_time_is_one_at_a_time() -> None:
    with answering(pictures_answer()) as server:
        ask(server.url, *several(5), limits=Limits(concurrency=1, timeout_s=5))
    assert server.most_in_flight == 1


def test_settled_exchanges_come_in_the_order_of_the_plan() -> None:
    with answering(pictures_answer()) as server:
        asking = Asking(server.url, *several(5))
        found = asking.all()
    assert [e.id for e in found] == list(asking.plan.requests)
    assert {e.id for e in asking.seen} == {e.id for e in found}


def silent(connection: socket.socket, _number: int) -> None:
    read_request(connection)
    with contextlib.suppress(OSError):
        connection.recv(1)


def dripping(connection: socket.socket, _number: int) -> None:
    read_request(connection)
    for byte in GOOD:
        connection.sendall(bytes([byte]))
        time.sleep(0.03)


@pytest.mark.parametrize("server", [silent, dripping])
def test_the_whole_exchange_is_bounded_in_time(server: Any) -> None:
    with raw_server(server) as (url, _):
        started = time.monotonic()
        (exchange,) = ask(url, PLAIN, limits=Limits(timeout_s=0.3))
    assert exchange.failure == "timeout"
    assert [a.failure for a in exchange.earlier] == ["timeout"]
    assert time.monotonic() - started < 3


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
    assert surprise.broke_twice(exchange)


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


@pytest.mark.parametrize("status", [429, 503])
def test_a_request_that_is_put_off_waits_as_long_as_it_is_told(status: int) -> None:
    times: list[float] = []

    def decide(_got: Got) -> Answer:
        times.append(time.monotonic())
        return refusal(status, retry_after="1") if len(times) == 1 else pictures_answer()

    with Loopback(decide) as server:
        (exchange,) = ask(server.url, PLAIN)
    assert exchange.ok
    assert [a.status for a in exchange.earlier] == [status]
    assert 1.0 <= times[1] - times[0] < 2.0


@pytest.mark.parametrize("status", [408, 409, 425, 429])
def test_a_request_that_is_put_off_for_ever_is_given_up(status: int) -> None:
    with answering(refusal(status)) as server:
        (exchange,) = ask(server.url, PLAIN)
    assert exchange.status == status
    assert len(server.got) == 5
    assert [a.status for a in exchange.earlier] == [status] * 4


@pytest.mark.parametrize("told", ["nan", "inf", "-1", "0", "soon", "", "1e9", "9" * 400,
                                  "Wed, 21 Oct 2015 07:28:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT",
                                  "Mon, 99 Foo 2015", "²"])  # fmt: skip
@pytest.mark.parametrize("status", [429, 503])
def test_no_retry_after_makes_the_sender_wait_for_ever(
    status: int, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surprise, "LONGEST_PAUSE_S", 0.05)
    monkeypatch.setattr(surprise, "PAUSE_BUDGET_S", 0.1)
    answer = refusal(status)
    answer.headers["retry-after"] = told.encode().decode("latin-1")
    started = time.monotonic()
    with answering(answer) as server:
        (exchange,) = ask(server.url, PLAIN)
    assert exchange.status == status
    assert len(server.got) < 50
    assert time.monotonic() - started < 30


def test_a_503_without_a_retry_after_is_looked_at_twice() -> None:
    with answering(refusal(503)) as server:
        (exchange,) = ask(server.url, PLAIN)
    assert exchange.status == 503
    assert len(server.got) == 2


@pytest.mark.parametrize(
    ("spec", "answer", "times"),
    [
        (PLAIN, refusal(400), 2),
        (PLAIN, refusal(500), 2),
        (PLAIN, pictures_answer(), 1),
        (REFUSED, refusal(400), 1),
        (REFUSED, refusal(500), 2),
        (REFUSED, refusal(501), 1),
        (REFUSED, pictures_answer(), 2),
    ],
)
def test_only_a_surprise_is_looked_at_twice(spec: Spec, answer: Answer, times: int) -> None:
    with answering(answer) as server:
        asking = Asking(server.url)
        request = asking.plan.bind(spec)
        with asking.sender as sender:
            exchange = sender.send(request)  # type: ignore[arg-type]
    assert len(server.got) == times
    assert len(exchange.earlier) == times - 1


def test_few_acceptances_of_what_must_be_refused_are_looked_at_twice() -> None:
    """Each costs a picture, and a lenient gateway accepts many."""
    specs = [replace(REFUSED, label=str(n), fields=(("n", str(n)),)) for n in range(11, 21)]
    with answering(pictures_answer()) as server:
        exchanges = ask(server.url, *specs)
    assert sum(len(e.earlier) for e in exchanges) == 3


def test_once_one_acceptance_changed_all_are_looked_at_twice() -> None:
    answers = [pictures_answer(), *(refusal(400) for _ in range(1)), pictures_answer()]
    specs = [replace(REFUSED, label=str(n), fields=(("n", str(n)),)) for n in range(11, 21)]
    with Loopback(lambda _: answers.pop(0) if len(answers) > 1 else answers[0]) as server:
        asking = Asking(server.url)
        with asking.sender as sender:
            for spec in specs:
                sender.send(asking.plan.bind(spec))  # type: ignore[arg-type]
    assert len(server.got) == 2 * len(specs)


def test_an_answer_past_the_limit_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "MAX_REPLY_BYTES", 10_000)
    with answering(Answer(200, b"x" * 10_001)) as server:
        (exchange,) = ask(server.url, REFUSED)[1:]
    assert exchange.failure == "too-large"
    with answering(Answer(400, b"x" * 10_000)) as server:
        assert ask(server.url, REFUSED)[1].content == b"x" * 10_000


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "x-gzip"])
def test_a_compressed_answer_is_bounded_by_what_it_inflates_to(
    coding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "MAX_REPLY_BYTES", 1_000_000)
    bomb = gzip.compress(bytes(50_000_000))
    assert len(bomb) < 100_000
    with answering(Answer(200, bomb, {"content-encoding": coding})) as server:
        (exchange,) = ask(server.url, PLAIN)
    assert exchange.failure == "too-large"


def test_a_compressed_answer_is_read() -> None:
    whole = pictures_answer()
    with answering(
        Answer(200, gzip.compress(whole.body), {**whole.headers, "content-encoding": "gzip"})
    ) as server:
        (exchange,) = ask(server.url, PLAIN)
    assert exchange.content == whole.body


def test_an_answer_that_is_no_gzip_although_it_says_so_is_no_http() -> None:
    with answering(Answer(200, b"no gzip", {"content-encoding": "gzip"})) as server:
        (exchange,) = ask(server.url, PLAIN)
    assert exchange.failure == "not-http"


@pytest.mark.parametrize(
    "noise", [b"SSH-2.0-OpenSSH_9\r\n", b"\x15\x03\x01\x00\x02\x02\x16", b"\n" * 99]
)
def test_what_is_no_http_is_told_as_such(noise: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revival, "REVIVAL_S", 0.1)

    def connected(connection: socket.socket, _number: int) -> None:
        read_request(connection)
        connection.sendall(noise)

    with raw_server(connected) as (url, _):
        (exchange,) = ask(url, PLAIN)
    assert exchange.failure in ("not-http", "dropped")
    assert exchange.reply is None


@pytest.mark.parametrize("delivery", ["", "in pieces", "odd chunks"])
def test_a_connection_closed_without_an_answer_is_dropped(
    delivery: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revival, "REVIVAL_S", 0.1)

    def connected(connection: socket.socket, _number: int) -> None:
        while not connection.recv(65_536).endswith((b"--\r\n", b"X-Trailer: 1\r\n\r\n")):
            pass

    with raw_server(connected) as (url, _):
        (exchange,) = ask(url, replace(PLAIN, delivery=delivery))
    assert exchange.failure == "dropped"


def test_a_port_where_nobody_listens_is_unreachable() -> None:
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


def test_no_more_pictures_are_spent_than_allowed() -> None:
    def decide(got: Got) -> Answer:
        time.sleep(0.01)
        return as_asked(got)

    specs = [replace(variation(n=2), copy=i) for i in range(8)]
    with Loopback(decide) as server:
        asking = Asking(server.url, *specs, limits=Limits(4, 5, max_images=5))
        found = asking.all()
    assert asking.sender.spent.images == 4
    assert [e.failure for e in found].count("budget") == 6
    assert asking.sender.spent.requests == len(server.got) == 2


def test_requests_in_flight_that_cost_nothing_leave_the_budget_to_others() -> None:
    def decide(got: Got) -> Answer:
        time.sleep(0.01)
        return refusal() if b'name="size"' in got.body else pictures_answer()

    faulty = [fault(variation(size=f"{i}"), twin=PLAIN) for i in range(12)]
    with Loopback(decide) as server:
        found = ask(server.url, PLAIN, *faulty, limits=Limits(4, 5, max_images=2))
    assert [e.request.label for e in found if e.failure == "budget"] == []


def test_with_nothing_to_spend_nothing_is_sent() -> None:
    with answering(pictures_answer()) as server:
        (exchange,) = ask(server.url, PLAIN, limits=Limits(max_images=0))
    assert exchange.failure == "budget"
    assert server.got == []


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
    monkeypatch.setattr(revival, "REVIVAL_S", 0.3)
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


def fields(got: Got) -> set[str]:
    return {n for n in ("size", "user", "n") if f'name="{n}"'.encode() in got.body}


def test_a_request_that_asks_several_things_is_taken_apart_if_it_is_not_accepted() -> None:
    together = variation("both", size="auto", user="u")
    specs = [
        replace(together, title=alone.label, otherwise=alone)
        for alone in (variation(size="auto"), variation(user="u"))
    ]

    def decide(got: Got) -> Answer:
        return refusal() if "user" in fields(got) else pictures_answer()

    with Loopback(decide) as server:
        found = {e.request.label: e for e in ask(server.url, *specs)}
    assert found["both"].status == 400
    assert found["size=auto"].ok
    assert found["user=u"].status == 400
    with answering(pictures_answer()) as server:
        assert [e.request.label for e in ask(server.url, *specs)] == ["both"]


def test_a_chain_of_attempts_ends_at_the_first_that_is_accepted() -> None:
    chain = variation(n=4)
    for n in (3, 2, 1):
        chain = replace(variation(n=n), otherwise=chain)

    def decide(got: Got) -> Answer:
        return as_asked(got) if b"\r\n\r\n3\r\n" in got.body else refusal()

    with Loopback(decide) as server:
        found = ask(server.url, chain)
    assert [(e.request.label, e.status) for e in found] == [
        ("n=1", 400),
        ("n=2", 400),
        ("n=3", 200),
    ]


def test_what_comes_after_another_is_sent_after_its_answer() -> None:
    answered: list[float] = []

    def decide(got: Got) -> Answer:
        if fields(got):
            came.append(time.monotonic())
            return as_asked(got)
        time.sleep(0.1)
        answered.append(time.monotonic())
        return pictures_answer()

    came: list[float] = []
    specs = [replace(variation(user=u), after=PLAIN) for u in "ab"]
    with Loopback(decide) as server:
        ask(server.url, *specs)
    assert len(came) == 2
    assert min(came) > answered[0]


def test_the_last_phase_begins_when_all_others_have_ended() -> None:
    def decide(got: Got) -> Answer:
        if not fields(got):
            time.sleep(0.05)
        return as_asked(got)

    with Loopback(decide) as server:
        ask(server.url, replace(variation(user="2"), phase=LAST), *several(3))
    assert [bool(fields(g)) for g in server.got] == [False, False, False, True]


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


def test_a_credential_in_the_query_is_not_in_the_header_too() -> None:
    with answering(refusal()) as server:
        ask(server.url, fault(replace(PLAIN, credential=Credential(query="api_key")), twin=PLAIN))
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
            sender.send(asking.plan.bind(replace(PLAIN, credential=credential)))  # type: ignore[arg-type]
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
            fault(replace(PLAIN, credential=Credential(change="lengthened")), twin=PLAIN),
        ]
        asking = Asking(
            server.url, *specs, header=["X-Other: ${HIDDEN}"], environment={"HIDDEN": hidden}
        )
        found = asking.all()
        sent = server.got[0].headers["x-other"]
    evidence = Evidence(path)
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


def test_who_waits_for_an_answer_is_told_when_the_suite_breaks() -> None:
    def broken(_exchange: Exchange) -> None:
        raise RuntimeError("no room left on the disk")

    with answering(pictures_answer()) as server:
        asking = Asking(server.url, *several(2))
        sender = Sender(asking.target, Limits(timeout_s=5), broken)
        with sender:
            sender.start(asking.plan.requests.values())
            with pytest.raises(RuntimeError, match="no room left"):
                sender.settled()
            assert sender.arrived() == []


def test_a_sender_that_is_stopped_early_ends_at_once() -> None:
    with raw_server(silent) as (url, _):
        asking = Asking(url, *several(8))
        started = time.monotonic()
        with asking.sender as sender:
            sender.start(asking.plan.requests.values())
            time.sleep(0.1)
            assert sender.arrived() == []
    assert time.monotonic() - started < 2


def test_what_reaches_the_suites_own_listener_is_noted() -> None:
    with socket.create_server((HOST, 0)) as listener:
        sender = Sender(
            target_at("http://127.0.0.1:1"), Limits(), lambda _: None, listener=listener
        )
        port = listener.getsockname()[1]
        with sender, contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://{HOST}:{port}/jku", timeout=5)
    assert sender.listener_hits == ["GET /jku HTTP/1.1"]


def test_progress_counts_up_to_all() -> None:
    told: list[tuple[int, int]] = []
    with answering(pictures_answer()) as server:
        asking = Asking(server.url, *several(4))
        sender = Sender(
            asking.target,
            Limits(),
            lambda _: None,
            on_progress=lambda done, spent: told.append((done, spent.images)),
        )
        with sender:
            sender.start(asking.plan.requests.values())
            sender.settled()
    assert [done for done, _ in told] == [1, 2, 3, 4]
    assert told[-1] == (4, 4)
