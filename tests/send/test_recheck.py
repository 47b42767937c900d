"""What is sent a second time, what both answers come to, and when the first one is excused."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from conformance.http.deliveries import MALFORMED
from conformance.send import recheck
from conformance.send.clock import REAL
from conformance.send.deadlines.bounded import Bounded
from conformance.send.deadlines.deadline import Deadline
from conformance.send.deadlines.hangs import Hangs
from conformance.send.outages.outage import OutageMonitor
from conformance.send.recheck import RecheckPolicy, Rechecks
from conformance.target.options import Limits
from tests.send.values import PLAIN, REFUSED, answered, asked, failed, pictures
from tests.serving import target_at

if TYPE_CHECKING:
    from conformance.http.exchange import Exchange
    from conformance.http.request import Request

EITHER = asked(expected="either")


@pytest.mark.parametrize(
    ("exchange", "needed"),
    [
        (answered(200), False),
        (answered(400), True),
        (answered(500), True),
        (answered(429), False),
        (answered(400, REFUSED), False),
        (answered(200, REFUSED), False),
        (answered(500, REFUSED), True),
        (answered(501, REFUSED), False),
        (answered(503, REFUSED), True),
        (answered(503, REFUSED, retry_after="1"), False),
        (answered(400, EITHER), False),
        (answered(500, EITHER), True),
        (failed("timeout", EITHER), True),
        (failed("dropped", REFUSED), True),
        (failed("dropped", asked(delivery=next(iter(MALFORMED)))), False),
        (answered(500, asked(provider_fault="fault-500")), False),
        (failed("timeout", asked(provider_fault="slow")), False),
        (failed("dropped", asked(provider_fault="slow")), True),
    ],
)
def test_only_an_unexpected_answer_is_sent_again(exchange: Exchange, needed: bool) -> None:  # noqa: FBT001 - a column of the table
    assert recheck.needs_recheck(exchange) is needed


def test_a_success_that_is_not_what_was_asked_for_is_sent_again() -> None:
    policy = RecheckPolicy(lambda exchange: "asked for two" if len(exchange.items) == 1 else "")
    assert policy.needs(pictures(1))
    assert not policy.needs(pictures(2))
    found = policy.combined(pictures(1), pictures(2))
    assert found.items == [{}, {}]
    assert [a.mismatch for a in found.earlier] == ["asked for two"]


def test_few_acceptances_of_what_must_be_refused_are_confirmed() -> None:
    """Each costs a picture, and a lenient gateway accepts many."""
    policy = RecheckPolicy()
    assert [policy.doubts(answered(200, REFUSED)) for _ in range(5)] == [True] * 3 + [False] * 2
    assert policy.doubts(answered(200, replace(REFUSED, burst="b")))
    assert not policy.doubts(answered(200))
    assert not policy.doubts(answered(400, REFUSED))


def test_once_one_acceptance_changed_all_are_confirmed() -> None:
    policy = RecheckPolicy()
    policy.combined(answered(200, REFUSED), answered(400, REFUSED))
    assert all(policy.doubts(answered(200, REFUSED)) for _ in range(9))


def test_both_answers_are_kept() -> None:
    found = RecheckPolicy().combined(answered(500), answered(200))
    assert found.ok
    assert [(a.status, a.excused) for a in found.earlier] == [(500, False)]


def test_a_cache_that_repeats_the_first_answer_proves_nothing() -> None:
    first, second = answered(200, REFUSED), answered(200, REFUSED)
    assert second.reply is not None
    body = b'{"extra_fields": {"cache_debug": {"cache_hit": true}}}'
    cached = replace(second, reply=replace(second.reply, body=body))
    assert RecheckPolicy().combined(first, cached) is first


def test_a_first_answer_stays_unconfirmed_if_the_budget_left_no_second_one() -> None:
    policy = RecheckPolicy()
    assert policy.combined(answered(200), failed("budget")).ok
    found = policy.combined(answered(500), failed("budget"))
    assert found.failure == "budget"
    assert [a.excused for a in found.earlier] == [True]


def test_what_may_be_another_requests_answer_does_not_count_once_it_changed() -> None:
    policy = RecheckPolicy(astray=lambda exchange: exchange.reused)
    for first in (answered(200, REFUSED), answered(418)):
        found = policy.combined(replace(first, reused=True), answered(400, first.request))
        assert [(a.status, a.excused) for a in found.earlier] == [(first.status, True)]
    kept = policy.combined(replace(answered(200, REFUSED), reused=True), failed("budget"))
    assert kept.ok
    assert not policy.combined(answered(418), answered(200)).earlier[0].excused


def test_a_gateway_is_unsteady_once_a_second_answer_was_the_expected_one() -> None:
    policy = RecheckPolicy()
    policy.learn(policy.combined(answered(500), answered(500)))
    assert not policy.unsteady
    policy.learn(recheck.excused(policy.combined(answered(500), answered(200))))
    assert not policy.unsteady
    policy.learn(policy.combined(answered(500), answered(200)))
    assert policy.unsteady


def confirmed(
    first: list[Exchange], *rounds: list[Exchange]
) -> tuple[list[Exchange], list[Request]]:
    """What first answers come to if the next ones are these, and the requests that were sent."""
    left, sent = [e for found in rounds for e in found], list["Request"]()

    async def send_alone(request: Request) -> Exchange:
        sent.append(request)
        return replace(left.pop(0), request=request)

    outage = OutageMonitor(target_at("http://127.0.0.1:1"), 5, REAL)
    bounded, hangs = Bounded(Deadline(Limits())), Hangs(5)
    rechecks = Rechecks(RecheckPolicy(), send_alone, outage, bounded=bounded, hangs=hangs)
    return asyncio.run(rechecks.confirmed(first)), sent


def test_what_fails_twice_is_sent_no_third_time() -> None:
    found, sent = confirmed([answered(500)], [answered(500)])
    assert [e.status for e in found] == [500]
    assert len(sent) == 1


def test_where_one_answer_changed_the_others_are_sent_up_to_three_times_more() -> None:
    first = [answered(500, asked(copy=i)) for i in range(2)]
    found, sent = confirmed(first, [answered(200), answered(500)], [answered(500)] * 3)
    assert [e.status for e in found] == [200, 500]
    assert [r.copy for r in sent] == [0, 1, 1, 1, 1]
    assert [len(e.earlier) for e in found] == [1, 4]


@pytest.mark.parametrize("failure", ["budget", "down", "overtime"])
def test_what_was_never_asked_is_not_asked_again(failure: str) -> None:
    first = replace(answered(None), failure=failure)  # type: ignore[arg-type]  # a parameter is a plain text
    assert confirmed([first]) == ([first], [])


def test_a_request_that_breaks_its_connection_twice_excuses_the_others() -> None:
    first = [failed("dropped", asked(copy=1)), failed("dropped", asked(copy=2))]
    found, _ = confirmed(first, [failed("dropped"), answered(200)])
    assert recheck.broke_twice(found[0])
    assert [a.excused for e in found for a in e.earlier] == [True, True]
    assert not recheck.passed_on_recheck(found[1])


def test_a_refused_first_answer_is_not_excused() -> None:
    found = RecheckPolicy().combined(answered(400, PLAIN), answered(200))
    assert [a.excused for a in recheck.excused(found).earlier] == [False]
