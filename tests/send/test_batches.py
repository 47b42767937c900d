"""Batches beside a plan: sent, judged and forgotten, but for one answer of each kind."""

from __future__ import annotations

from conformance.cases.spec import PLAIN, fault, variation
from conformance.http.exchange import Exchange
from conformance.http.request import Request
from conformance.plan.plan import Plan
from conformance.send.batches import Batches, kind_of
from conformance.send.sender import Sender
from conformance.target.options import Limits
from tests.serving import Answer, Got, Loopback, pictures_answer, refusal, target_at


def decide(got: Got) -> Answer:
    return refusal() if b'name="n"' in got.body else pictures_answer()


def test_each_request_of_a_batch_gets_its_answer_and_its_control_and_is_forgotten_if_it_passed() -> (
    None
):
    wrong = [fault(variation(n=f"x{i}"), control=PLAIN) for i in range(9)]
    with Loopback(decide) as server:
        target = target_at(server.url)
        plan, written = Plan(target, seed=1), list[Exchange]()
        with Sender(target, Limits(concurrency=4), written.append) as sender:
            passing = Batches(plan, sender)
            batches = [wrong[:4], wrong[4:8], wrong[8:]]
            seen = []
            for spec, exchange in passing.through(batches, lambda spec: spec):
                assert exchange.status == 400
                assert exchange.control is not None
                assert exchange.control.ok
                seen.append(spec.label)
                passing.forget(exchange)
            kept = sender.arrived()
    assert seen == [spec.label for spec in wrong]
    assert len(written) == 1 + len(wrong)
    # The control, and the first refusal: the others are of its kind.
    assert sorted(e.status or 0 for e in kept) == [200, 400]


def test_answers_are_of_one_kind_if_only_their_values_differ() -> None:
    replies = iter([refusal(message="a"), refusal(message="b"), refusal(422)])
    with Loopback(lambda _: next(replies)) as server:
        target = target_at(server.url)
        plan = Plan(target, seed=1)
        with Sender(target, Limits(concurrency=1), lambda _: None) as sender:
            sent = [plan.bind_once(fault(variation(n=f"x{i}"), control=PLAIN)) for i in range(3)]
            first, second, third = (kind_of(sender.send(r)) for r in sent if isinstance(r, Request))
    assert first == second != third
