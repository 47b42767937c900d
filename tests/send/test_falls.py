"""What says that the gateway's process ended, and which requests may have ended it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from conformance.http.deliveries import MALFORMED
from conformance.send.outages.asked import Asked, costs_nothing, shown
from conformance.send.outages.falls import FEW_BREAKS, Falls, down, likeliest, suspects
from tests.clock import Skipping
from tests.send.values import REFUSED, answered, asked, failed

if TYPE_CHECKING:
    from conformance.http.exchange import Exchange
    from conformance.http.request import Request

PLAIN = asked()
ODD = asked(label="odd", expected="either", body=b"odd")


class Told:
    """Falls that are told of requests, on a clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.time = Skipping()
        self.falls = Falls(self.time.clock)

    def passes(self, seconds: float) -> None:
        self.time.slept.append(seconds)

    def request(self, exchange: Exchange) -> Asked:
        one = self.falls.began(exchange.request)
        self.falls.ended(one, exchange)
        self.falls.left(one)
        return one


def numbered(number: int, of: Request = PLAIN) -> Request:
    return replace(of, copy=number)


def test_a_refused_connection_is_a_fall_once_the_gateway_has_answered() -> None:
    told = Told()
    told.request(failed("unreachable"))
    assert told.falls.all == []
    told.request(answered(200))
    told.request(failed("unreachable"))
    told.request(failed("unreachable", ODD))
    (fall,) = told.falls.all
    assert fall.sure
    assert not fall.back
    assert "process ended (connections refused since" in down(told.falls)


def test_an_answer_to_what_was_sent_after_a_fall_ends_it() -> None:
    told = Told()
    told.request(answered(200))
    late = told.falls.began(numbered(1))
    told.passes(1)
    told.request(failed("unreachable"))
    told.falls.ended(late, answered(200, numbered(1)))
    before = [fall.back for fall in told.falls.all]
    told.passes(1)
    told.request(answered(200))
    assert [*before, *(fall.back for fall in told.falls.all)] == [False, True]
    told.passes(1)
    told.request(failed("unreachable"))
    assert len(told.falls.all) == 2


def test_what_was_in_flight_or_answered_shortly_before_is_a_candidate() -> None:
    told = Told()
    told.request(answered(200, numbered(1)))
    told.passes(5)
    told.request(answered(400, numbered(2, REFUSED)))
    told.falls.began(numbered(3))
    told.passes(60)
    told.request(failed("unreachable", numbered(4)))
    found = [a.request.copy for a in told.falls.all[0].candidates]
    assert sorted(found) == [2, 3]


def test_one_connection_that_breaks_is_no_fall_and_several_at_once_are_one() -> None:
    told = Told()
    told.request(replace(answered(200), broken=True))
    told.passes(5)
    told.request(replace(answered(200), broken=True))
    assert told.falls.all == []
    told.request(failed("dropped", ODD))
    (fall,) = told.falls.unexplained()
    assert not fall.sure


def test_requests_that_only_break_their_own_connections_are_no_fall() -> None:
    told = Told()
    told.request(answered(200))
    for _ in range(4):
        told.request(failed("dropped", ODD))
        told.request(replace(failed("dropped", REFUSED), broken=True))
    assert told.falls.all == []


def test_what_may_be_cut_off_is_no_sign_of_a_fall() -> None:
    told = Told()
    told.request(replace(answered(200), broken=True))
    told.request(failed("dropped", asked(delivery=next(iter(MALFORMED)))))
    told.request(failed("dropped", asked(provider_fault="fault-close")))
    assert told.falls.all == []


def test_a_server_that_breaks_connections_by_habit_has_no_falls_for_it() -> None:
    told = Told()
    for _ in range(FEW_BREAKS + 1):
        told.request(replace(answered(400, REFUSED), broken=True))
    assert told.falls.all
    assert told.falls.unexplained() == []


def test_the_likeliest_met_most_falls_then_is_odd_then_is_the_latest() -> None:
    told = Told()
    for copy in (1, 2):
        told.request(answered(200, numbered(copy)))
        told.passes(0.02)
    told.request(answered(200, numbered(3, ODD)))
    told.passes(0.02)
    told.request(answered(200, numbered(4)))
    told.request(failed("unreachable"))
    first = [a.request.copy for a in likeliest(told.falls.all)]
    assert first == [3, 4, 2, 1]
    told.passes(9)
    told.request(answered(200, numbered(1)))
    told.request(failed("unreachable"))
    assert [a.request.copy for a in likeliest(told.falls.all)] == [1, 3, 4, 2]


@pytest.mark.parametrize(
    ("request_", "oddity"),
    [
        (PLAIN, 0),
        (asked(body=b"\xff\x00"), 0),
        (ODD, 1),
        (replace(ODD, body=b"a\x00b"), 2),
        (replace(REFUSED, body=b"a\xffb"), 2),
        (replace(ODD, body=b"a\xff\x00b", picture_at=(1, 3)), 1),
    ],
)
def test_bytes_that_are_no_text_are_the_oddest(request_: Request, oddity: int) -> None:
    assert Asked(request_, 0).oddity == oddity


def test_what_a_process_that_is_gone_was_asked_last_is_suspected() -> None:
    told = Told()
    told.request(answered(200, numbered(1)))
    told.request(answered(400, numbered(2, ODD)))
    told.request(failed("unreachable"))
    last = suspects(told.falls.all)
    assert [shown(a).status for a in last] == [400, 200]
    told.passes(1)
    told.request(answered(200, numbered(3)))
    assert suspects(told.falls.all) == []


def test_only_what_was_refused_is_asked_again_for_nothing() -> None:
    told = Told()
    assert costs_nothing(told.request(answered(400, ODD)))
    assert not costs_nothing(told.request(answered(200, REFUSED)))
    assert costs_nothing(told.request(failed("dropped", REFUSED)))
    assert not costs_nothing(told.request(failed("dropped", ODD)))


def test_a_late_fall_of_an_odd_request_may_come_for_a_while() -> None:
    told = Told()
    assert told.falls.open_s(0.3) <= 0
    told.request(answered(200))
    assert told.falls.open_s(0.3) <= 0
    told.request(answered(200, ODD))
    told.passes(0.1)
    assert told.falls.open_s(0.3) == pytest.approx(0.2)
    told.passes(0.3)
    assert told.falls.open_s(0.3) < 0
    told.request(answered(200, replace(ODD, copy=1)))
    assert told.falls.open_s(0.3) < 0
