"""A 429 for one request is told from the 429 of a rate limit by what is sent beside it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from conformance.checks.test_error_retries import test_a_mistake_is_not_to_be_sent_again as judge
from conformance.judging.busy import refused_for_itself
from conformance.judging.ends import Untestable
from tests.values import ScriptedProbe, attempt, exchange, request

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.http.exchange import Exchange
    from conformance.http.request import Request

PLAIN_MISTAKE = request("n=11", expected="refused", faulty="n")
LIMITED = request("no model", expected="refused", faulty="model")


def run_of(*found: Exchange, rule: Callable[[Request], int | None]) -> ScriptedProbe:
    return ScriptedProbe([*found], rule)


def for_itself(asked: Request) -> int:
    return 429 if asked.label == "no model" else 400


def test_what_alone_gets_429_gets_it_for_itself() -> None:
    known = exchange(400, PLAIN_MISTAKE)
    probe = run_of(known, rule=for_itself)
    assert refused_for_itself(probe, exchange(429, LIMITED), [known]) is True
    sent = [r for burst in probe.asked for r in burst]
    assert [r.label for r in sent] == ["n=11", "no model", "n=11"] * 2
    assert len({r.id for r in sent}) == len(sent)


@pytest.mark.parametrize(
    ("rule", "said"), [(lambda _: 429, None), (lambda _: 400, False), (lambda _: None, None)]
)
def test_a_rate_limit_is_no_refusal_of_its_own(
    rule: Callable[[Request], int | None],
    said: bool | None,  # noqa: FBT001 - a parameter of the test
) -> None:
    known = exchange(400, PLAIN_MISTAKE)
    assert refused_for_itself(run_of(rule=rule), exchange(429, LIMITED), [known]) is said


def test_a_limit_between_two_refusals_is_seen_in_the_second_round() -> None:
    answers = itertools.chain([400, 429, 400, 400, 400, 400])
    known = exchange(400, PLAIN_MISTAKE)
    probe = run_of(rule=lambda _: next(answers))
    assert refused_for_itself(probe, exchange(429, LIMITED), [known]) is False


def test_without_a_plain_refusal_it_cannot_be_told() -> None:
    limited = exchange(429, LIMITED)
    waited = exchange(400, PLAIN_MISTAKE, earlier=(attempt(429),))
    assert refused_for_itself(run_of(rule=for_itself), limited, [limited, waited]) is None


def test_a_mistake_is_blamed_for_429_only_where_it_gets_it_for_itself() -> None:
    answers = [exchange(400, PLAIN_MISTAKE), exchange(429, LIMITED)]
    judge(answers, run_of(rule=lambda _: 400))
    judge(answers, run_of(rule=lambda _: 429))
    with pytest.raises(AssertionError, match="429"):
        judge(answers, run_of(rule=for_itself))


def test_where_every_mistake_gets_429_none_is_judged() -> None:
    with pytest.raises(Untestable, match="429"):
        judge([exchange(429, PLAIN_MISTAKE), exchange(429, LIMITED)], run_of(rule=for_itself))


@pytest.mark.parametrize("status", [408, 409])
def test_a_mistake_is_blamed_for_another_status_that_clients_send_again(status: int) -> None:
    with pytest.raises(AssertionError, match=str(status)):
        judge([exchange(status, LIMITED)], run_of(rule=for_itself))
