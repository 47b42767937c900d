"""The pace at which a gateway takes requests, as a state machine: times in, waits out."""

from __future__ import annotations

import math

import pytest

from conformance.send.rates.rate import FIRST_PAUSE_S, LESS, MOST_HELD_S, Rate
from conformance.send.rates.told import Told


def held() -> Rate:
    """A rate that a request which was alone met at 10 s, after twenty that passed."""
    rate = Rate()
    for at in range(20):
        rate.passed(rate.sent(at / 10), at / 10)
    rate.limited(rate.sent(10.0), 10.0)
    return rate


def test_nothing_waits_while_nothing_is_known() -> None:
    rate = Rate()
    assert [rate.wait(0.0), rate.wait(0.0, 100)] == [0.0, 0.0]


def test_in_a_hold_one_request_at_a_time_looks_after_growing_pauses() -> None:
    rate, now, pauses = held(), 10.0, []
    for _ in range(6):
        pauses.append(rate.wait(now))
        now += pauses[-1]
        look = rate.sent(now)
        assert rate.wait(now) == math.inf
        rate.limited(look, now)
    assert pauses[0] == pytest.approx(FIRST_PAUSE_S)
    assert pauses[-1] > 3 * pauses[0]


def test_what_passed_between_two_holds_is_the_pace() -> None:
    rate = held()
    look = rate.sent(15.0)
    rate.limited(look, 15.0)
    rate.passed(rate.sent(20.0), 20.0)
    assert rate.per_s == pytest.approx(LESS * 21 / 17.5)
    assert rate.wait(20.0) == pytest.approx(1 / (LESS * 21 / 17.5))


def test_one_sign_is_not_enough() -> None:
    rate = held()
    rate.passed(rate.sent(10.2), 10.2)
    assert (rate.per_s, rate.held) == (None, False)


def test_what_the_gateway_names_counts() -> None:
    rate = Rate()
    rate.limited(rate.sent(0.0), 0.0, Told(17.0))
    assert rate.wait(0.0) == 17.0
    rate = Rate()
    rate.limited(rate.sent(0.0), 0.0, Told(1.0, 5.0))
    rate.passed(rate.sent(0.1), 0.1)
    assert rate.per_s is None or rate.per_s <= 5.0


def test_a_day_that_is_named_is_not_waited_for() -> None:
    rate = Rate()
    rate.limited(rate.sent(0.0), 0.0, Told(86400.0))
    assert rate.wait(0.0) < 1


def test_an_answer_to_what_was_sent_before_the_hold_tells_nothing_new() -> None:
    rate = Rate()
    old = [rate.sent(0.0, alone=False) for _ in range(3)]
    for ticket in old:
        rate.limited(ticket, 0.1)
    rate.passed(rate.sent(0.4), 0.4)
    rate.limited(old[0], 0.5)
    assert (rate.refused, rate.held) == (4, False)


def test_a_look_without_an_answer_is_followed_by_another_one() -> None:
    rate = held()
    look = rate.sent(10.2)
    rate.lost(look, 10.3)
    assert rate.wait(10.3) < 1


def test_a_hold_that_lasts_is_the_end_if_more_than_one_request_met_it() -> None:
    rate = held()
    rate.limited(rate.sent(99.0), 10.0 + MOST_HELD_S, first=False)
    assert rate.closed == ""
    rate.limited(rate.sent(101.0), 101.0)
    assert "429" in rate.closed


def test_a_burst_waits_until_all_of_it_have_room() -> None:
    rate = Rate(given=2.0)
    rate.sent(0.0)
    assert rate.wait(0.0) == pytest.approx(0.5, abs=0.06)
    assert rate.wait(0.0, 4) == pytest.approx(2.0, abs=0.06)


def test_the_pace_never_rises_above_what_is_given() -> None:
    rate = Rate(given=2.0)
    for at in range(500):
        rate.passed(rate.sent(at / 2), at / 2)
    assert rate.per_s == 2.0


def test_a_pace_that_nothing_confirmed_is_forgotten_in_doubt() -> None:
    rate = held()
    rate.limited(rate.sent(15.0), 15.0)
    rate.passed(rate.sent(20.0), 20.0)
    rate.doubt()
    assert rate.per_s is None
    rate = held()
    rate.limited(rate.sent(15.0), 15.0)
    rate.passed(rate.sent(20.0), 20.0)
    rate.confirm()
    rate.doubt()
    assert rate.per_s is not None
