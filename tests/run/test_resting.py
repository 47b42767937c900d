"""A good request that others rest on is asked again if it failed by accident."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.run.resting import MOST_IN_VAIN, OTHER, SAME, Resting, failed_by_accident
from tests.values import exchange, request

if TYPE_CHECKING:
    from conformance.http.exchange import Exchange
    from conformance.http.request import Request

GOOD = request("plain")
BAD = request("n=11", expected="refused", control=GOOD.id)
PLAN = {r.id: r for r in (GOOD, BAD)}


@dataclass
class Gateway:
    """Answers the copies of a request with these statuses, one after the other."""

    statuses: list[int]
    asked: list[Request] = field(default_factory=list)

    def again(self, copy: Request) -> Exchange:
        self.asked.append(copy)
        return exchange(self.statuses.pop(0), copy)

    def resting(self) -> Resting:
        return Resting(PLAN, self.again, lambda r: replace(r, body=b"another picture"))


@pytest.mark.parametrize(
    ("one", "accident"),
    [
        (exchange(502, GOOD), True),
        (exchange(None, GOOD), True),
        (exchange(200, GOOD), False),
        (exchange(400, GOOD), False),
        (exchange(None, GOOD, failure="timeout"), False),
        (exchange(None, GOOD, failure="budget"), False),
        (exchange(502, BAD), False),
        (exchange(502, replace(GOOD, provider_fault="500")), False),
    ],
)
def test_only_a_failure_of_a_good_request_is_an_accident(one: Any, accident: bool) -> None:  # noqa: FBT001 - a column of the table
    assert failed_by_accident(one) is accident


def test_the_same_bytes_that_work_now_are_a_verdict_that_changed() -> None:
    gateway = Gateway([200])
    resting, first = gateway.resting(), exchange(502, GOOD)
    found = resting.own(first)
    assert (found.id, found.status, [a.status for a in found.earlier]) == (GOOD.id, 200, [502])
    assert resting.control(first) is found
    (copy,) = gateway.asked
    assert (copy.copy, copy.purpose, copy.body) == (SAME, "probe", GOOD.body)
    assert resting.among([first, exchange(200, copy)]) == [found]


def test_a_picture_that_always_fails_gives_way_to_another_one_as_a_control() -> None:
    gateway = Gateway([502, 200])
    resting, first = gateway.resting(), exchange(502, GOOD)
    assert resting.control(first).ok
    assert resting.own(first) is first
    assert [r.copy for r in gateway.asked] == [SAME, OTHER]


def test_what_nothing_rests_on_is_not_asked_again() -> None:
    gateway = Gateway([])
    alone = exchange(502, request("with n=2"))
    assert gateway.resting().own(alone) is alone


def test_a_gateway_that_just_fails_is_not_asked_for_ever() -> None:
    goods = [request(f"good {i}") for i in range(MOST_IN_VAIN + 3)]
    gateway = Gateway([502] * 99)
    resting = gateway.resting()
    resting.requests = {r.id: replace(BAD, control=r.id) for r in goods}
    for good in goods:
        assert not resting.control(exchange(502, good)).ok
    assert len(gateway.asked) == 2 * MOST_IN_VAIN
