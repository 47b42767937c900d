"""How many requests may be in flight, as a number: it halves, recovers, and grows if it may."""

from __future__ import annotations

import pytest

from conformance.send.rates.adaptive_limit import FEW, MANY, WINDOW, AdaptiveLimit


def after(limit: AdaptiveLimit, answers: int, picture_s: float | None = None) -> int:
    for _ in range(answers):
        limit.answered(picture_s)
    return limit.size


def test_a_limit_that_was_asked_for_is_never_passed() -> None:
    assert after(AdaptiveLimit(5), 1000) == 5


def test_auto_grows_while_the_gateway_answers_well() -> None:
    limit = AdaptiveLimit(0, grows=True)
    assert limit.size == FEW
    assert after(limit, 10, 0.05) > 8
    assert after(limit, 1000, 0.05) == MANY


def test_auto_shrinks_where_pictures_take_longer_and_longer() -> None:
    limit = AdaptiveLimit(0, grows=True)
    sizes = [after(limit, 1, 0.1 * count) for count in range(1, 60)]
    assert max(sizes) < MANY
    assert sizes[-1] < FEW


def test_auto_does_not_take_one_slow_picture_for_rising_times() -> None:
    limit = AdaptiveLimit(0, grows=True)
    before = after(limit, 2 * WINDOW, 0.05)
    assert after(limit, 1, 5.0) >= before


def test_many_refusals_at_once_are_one_sign() -> None:
    limit = AdaptiveLimit(8)
    entered = limit.shrunk
    limit.too_many(entered)
    limit.too_many(entered)
    assert limit.size == 4


def test_no_more_are_let_in_than_the_gateway_served_of_those_in_flight() -> None:
    limit = AdaptiveLimit(8)
    entered = limit.shrunk
    for _ in range(6):
        limit.too_many(entered)
    assert limit.size == 2


def test_a_refusal_from_two_limits_ago_is_ignored() -> None:
    limit = AdaptiveLimit(32)
    oldest = limit.shrunk
    limit.too_many(oldest)
    limit.too_many(limit.shrunk)
    assert limit.size == 8
    limit.too_many(oldest)
    assert limit.size == 8


def test_the_limit_never_falls_below_one() -> None:
    limit = AdaptiveLimit(2)
    for _ in range(5):
        limit.too_many(limit.shrunk)
    assert limit.size == 1


def test_what_was_too_many_is_tried_again_more_and_more_seldom() -> None:
    limit, gaps, count = AdaptiveLimit(8), [], 0
    for _ in range(400):
        if limit.size > 2:
            limit.too_many(limit.shrunk)
            gaps.append(count)
            count = 0
        else:
            limit.answered()
            count += 1
    assert gaps[-1] > gaps[-2] > 10
    assert len(gaps) < 9


@pytest.mark.parametrize("most", [2, 8, 32])
def test_the_limit_recovers_while_the_gateway_answers(most: int) -> None:
    limit = AdaptiveLimit(most)
    limit.too_many(limit.shrunk)
    assert after(limit, 1000) == most
