"""How long requests are waited for, once some of their kind were never answered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from conformance.http.request import HEAVY
from conformance.send.deadlines.hangs import LEARNT_AFTER, Hangs
from conformance.send.wire.transport import MALFORMED_S
from tests.send.values import answered, asked, failed

if TYPE_CHECKING:
    from typing import Any

    from conformance.http.exchange import Exchange
    from conformance.http.request import Request


def faulty(number: int = 0, **more: Any) -> Request:
    return asked(copy=number, **{"expected": "refused", "faulty": "n", **more})


def hung(request: Request, seconds: float = 60.0) -> Exchange:
    return replace(failed("timeout", request), elapsed_s=seconds)


def took(seconds: float, status: int = 400, request: Request | None = None) -> Exchange:
    return replace(answered(status, request or faulty()), elapsed_s=seconds)


def learnt(timeout_s: float = 60.0, usual_s: float = 0.02, **more: Any) -> Hangs:
    """What is known once good requests were answered, and three of a kind never were."""
    hangs = Hangs(timeout_s)
    hangs.learn(took(usual_s, 200, asked()), timeout_s)
    for number in range(LEARNT_AFTER):
        hangs.learn(hung(faulty(number, **more), timeout_s), timeout_s)
    return hangs


def test_the_first_three_are_waited_for_as_long_as_was_given() -> None:
    hangs = Hangs(60.0)
    hangs.learn(took(0.02, 200, asked()), 60.0)
    for number in range(LEARNT_AFTER):
        assert hangs.patience_s(faulty(number)) == 60.0
        hangs.learn(hung(faulty(number)), 60.0)
    assert hangs.patience_s(faulty(9)) == 3.0
    assert hangs.patience_s(faulty(9), again=True) == 10.0
    assert hangs.patience_s(asked()) == 60.0


def test_the_same_request_twice_is_one() -> None:
    hangs = Hangs(60.0)
    hangs.learn(took(0.02, 200, asked()), 60.0)
    for _ in range(5):
        hangs.learn(hung(faulty()), 60.0)
    assert hangs.patience_s(faulty(9)) == 60.0


def test_where_no_good_request_is_answered_nothing_is_learnt() -> None:
    hangs = Hangs(60.0)
    for number in range(9):
        hangs.learn(hung(faulty(number)), 60.0)
    assert hangs.patience_s(faulty(10)) == 60.0


@pytest.mark.parametrize(
    ("answers", "patience_s"),
    [
        ([0.01] * 9, 3.0),
        ([0.5] * 9, 5.0),
        ([0.01] * 9 + [4.0], 12.0),
        ([8.0] * 9, 60.0),
        ([30.0], 60.0),
    ],
)
def test_a_gateway_that_is_slow_to_refuse_is_given_plenty(
    answers: list[float], patience_s: float
) -> None:
    hangs = learnt()
    for seconds in answers:
        hangs.learn(took(seconds), 60.0)
    assert hangs.patience_s(faulty(9)) == pytest.approx(patience_s)


@pytest.mark.parametrize(("timeout_s", "patience_s"), [(60, 3.0), (6, 2.0), (1.5, 0.5)])
def test_a_short_time_is_shortened_less(timeout_s: float, patience_s: float) -> None:
    assert learnt(timeout_s).patience_s(faulty(9)) == pytest.approx(patience_s)


def test_what_may_be_accepted_is_given_time_for_a_picture() -> None:
    assert learnt(expected="either").patience_s(faulty(9, expected="either")) == 15.0
    hangs = learnt(expected="either", usual_s=4.0)
    assert hangs.patience_s(faulty(9, expected="either")) == 40.0


def test_each_kind_is_learnt_alone() -> None:
    hangs = learnt()
    assert hangs.patience_s(faulty(9, expected="either")) == 60.0
    assert hangs.patience_s(faulty(9, phase=HEAVY)) == 60.0
    assert hangs.patience_s(faulty(9, delivery="no Host")) == MALFORMED_S
    assert learnt(phase=HEAVY).patience_s(faulty(9, phase=HEAVY)) == 15.0
    # Where refusals hang, one heavy request that hangs is enough.
    hangs.learn(hung(faulty(9, phase=HEAVY)), 60.0)
    assert hangs.patience_s(faulty(9, phase=HEAVY)) == 15.0
    malformed = Hangs(60.0)
    malformed.learn(took(0.02, 200, asked()), 60.0)
    for number in range(LEARNT_AFTER):
        malformed.learn(hung(faulty(number, delivery="no Host"), MALFORMED_S), MALFORMED_S)
    assert malformed.patience_s(faulty(9, delivery="no Host")) == MALFORMED_S / 4


def test_good_requests_hang_only_in_a_row() -> None:
    hangs = Hangs(60.0)
    for number in range(9):
        hangs.learn(hung(asked(copy=number)), 60.0)
        hangs.learn(took(0.5, 200, asked()), 60.0)
    assert hangs.patience_s(asked()) == 60.0
    for number in range(LEARNT_AFTER):
        hangs.learn(hung(asked(copy=number)), 60.0)
    assert hangs.patience_s(asked()) == 15.0
    hangs.learn(took(20.0, 200, asked()), 60.0)
    assert hangs.patience_s(asked()) == 60.0


def test_a_failure_on_order_teaches_nothing_and_is_waited_for() -> None:
    ordered = faulty(9, provider_fault="hangs")
    assert learnt().patience_s(ordered) == 60.0
    hangs = learnt()
    assert hangs.learn(hung(ordered), 60.0) == hung(ordered)


def test_a_shortened_wait_says_so() -> None:
    found = learnt().learn(hung(faulty(9), 3.0), 3.0)
    assert found.failure_text == (
        "no whole answer within 3 s. The run waits no longer, since 3 others like it were not"
        " answered within 60 s"
    )
    assert learnt().learn(hung(faulty(9)), 60.0).failure_text == "timeout"


def test_one_hang_of_a_group_is_looked_at_twice() -> None:
    hangs = learnt()
    assert not hangs.is_known(hung(faulty(8), 3.0))
    hangs.learn(hung(faulty(8), 10.0), 10.0, again=True)
    assert hangs.is_known(hung(faulty(9), 3.0))
    assert not hangs.is_known(hung(faulty(9, faulty="size"), 3.0))
    assert not hangs.is_known(took(0.02))


def test_a_late_answer_excuses_a_wait_that_was_too_short() -> None:
    hangs = learnt()
    cut = hangs.learn(hung(faulty(8), 3.0), 3.0)
    assert hangs.excuses(cut, took(4.0, request=faulty(8)))
    assert not hangs.excuses(cut, took(0.02, request=faulty(8)))
    assert not hangs.excuses(cut, hung(faulty(8), 10.0))
    whole = hung(faulty(0))
    assert not hangs.excuses(whole, took(40.0, request=faulty(0)))


def test_a_server_that_never_answers_is_looked_at_twice_once() -> None:
    hangs = Hangs(60.0)
    assert not hangs.is_known(hung(asked()))
    hangs.learn(hung(asked()), 60.0, again=True)
    assert hangs.is_known(hung(faulty()))
    hangs.learn(took(0.1), 60.0)
    assert not hangs.is_known(hung(asked()))
