"""The sender: how many at once, in which order, how often, and at what price."""

from __future__ import annotations

import contextlib
import socket
import threading
import urllib.request
from dataclasses import replace

import pytest

from conformance.cases.spec import PLAIN, Spec, fault, variation
from conformance.http.request import HEAVY, LAST
from conformance.send.budget import Budget
from conformance.send.sender import Sender
from conformance.send.usage import Usage
from conformance.target.options import Limits
from tests.asking import Asking, answering, as_asked, ask, several
from tests.serving import (
    HOST,
    KEY,
    Answer,
    Got,
    Loopback,
    pictures_answer,
    raw_server,
    refusal,
    silent,
    target_at,
)

REFUSED = fault(variation(n=11), control=PLAIN)


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
    meeting = threading.Barrier(3)

    def together(_got: Got) -> Answer:
        meeting.wait(5)
        return pictures_answer()

    with Loopback(together) as server:
        found = ask(server.url, *several(12), limits=Limits(concurrency=3, timeout_s=5))
    assert all(e.ok for e in found)
    assert server.most_in_flight == 3


def test_with_a_concurrency_of_one_requests_are_sent_one_by_one() -> None:
    with answering(pictures_answer()) as server:
        ask(server.url, *several(5), limits=Limits(concurrency=1, timeout_s=5))
    assert server.most_in_flight == 1


def test_settled_exchanges_come_in_the_order_of_the_plan() -> None:
    with answering(pictures_answer()) as server:
        asking = Asking(server.url, *several(5))
        found = asking.all()
    assert [e.id for e in found] == list(asking.plan.requests)
    assert {e.id for e in asking.seen} == {e.id for e in found}


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
            exchange = sender.send(request)  # type: ignore[arg-type] # bound: the target can be asked it
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
                sender.send(asking.plan.bind(spec))  # type: ignore[arg-type] # bound: the target can be asked it
    assert len(server.got) == 2 * len(specs)


def test_no_more_pictures_are_spent_than_allowed() -> None:
    def decide(got: Got) -> Answer:
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
        return refusal() if b'name="size"' in got.body else pictures_answer()

    faulty = [fault(variation(size=f"{i}"), control=PLAIN) for i in range(12)]
    with Loopback(decide) as server:
        found = ask(server.url, PLAIN, *faulty, limits=Limits(4, 5, max_images=2))
    assert [e.request.label for e in found if e.failure == "budget"] == []


def test_with_nothing_to_spend_nothing_is_sent() -> None:
    with answering(pictures_answer()) as server:
        (exchange,) = ask(server.url, PLAIN, limits=Limits(max_images=0))
    assert exchange.failure == "budget"
    assert server.got == []


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


def test_a_part_that_two_requests_ask_for_is_sent_once() -> None:
    alone = variation(size="auto")
    both = [variation("both", size="auto", user=user) for user in "ab"]
    specs = [replace(together, otherwise=alone) for together in both for _ in range(2)]
    with answering(refusal()) as server:
        found = ask(server.url, *specs)
    assert [e.request.label for e in found] == ["both", "both", "size=auto"]


def test_two_senders_spend_one_budget() -> None:
    budget, usage = Budget(3), Usage()
    with answering(pictures_answer()) as server:
        asking = Asking(server.url, *several(5))
        requests = list(asking.plan.requests.values())
        for half in (requests[:2], requests[2:]):
            with Sender(
                asking.target, Limits(1, 5), asking.seen.append, budget=budget, usage=usage
            ) as sender:
                sender.start(half)
                sender.settled()
    assert [e.failure for e in asking.seen] == [None, None, None, "budget", "budget"]
    assert usage.images == budget.charged == len(server.got) == 3


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
    specs = [replace(variation(user=u), after=PLAIN) for u in "ab"]
    with Loopback(as_asked) as server:
        asking = Asking(server.url, *specs, limits=Limits(1, 5))
        with asking.sender as sender:
            sender.start(reversed(asking.plan.requests.values()))
            sender.settled()
    assert [fields(got) for got in server.got] == [set(), {"user"}, {"user"}]


def test_the_last_phase_begins_when_all_others_have_ended() -> None:
    last = replace(variation(user="2"), phase=LAST)
    with Loopback(as_asked) as server:
        ask(server.url, last, *several(3), limits=Limits(1, 5))
    assert [bool(fields(g)) for g in server.got] == [False, False, False, True]


def test_what_may_keep_a_gateway_busy_goes_out_one_at_a_time() -> None:
    in_flight = threading.Semaphore(1)

    def alone(got: Got) -> Answer:
        assert in_flight.acquire(blocking=False)
        answer = as_asked(got)
        in_flight.release()
        return answer

    heavy = [replace(spec, phase=HEAVY) for spec in several(6)]
    with Loopback(alone) as server:
        found = ask(server.url, *heavy, limits=Limits(4, 5))
    assert [exchange.status for exchange in found] == [200] * 6


def test_a_sender_that_is_stopped_early_settles_nothing_more() -> None:
    reached = threading.Event()

    def connected(connection: socket.socket, number: int) -> None:
        reached.set()
        silent(connection, number)

    with raw_server(connected) as (url, _):
        asking = Asking(url, *several(8))
        with asking.sender as sender:
            sender.start(asking.plan.requests.values())
            assert reached.wait(5)
            assert sender.arrived() == []
    assert asking.seen == []


def test_what_reaches_the_suites_own_listener_is_noted() -> None:
    with socket.create_server((HOST, 0)) as listener:
        sender = Sender(target_at("http://127.0.0.1:1"), Limits(), lambda _: None, canary=listener)
        port = listener.getsockname()[1]
        with sender, contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://{HOST}:{port}/jku", timeout=5)
    assert sender.canary_hits == ["GET /jku HTTP/1.1"]


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
