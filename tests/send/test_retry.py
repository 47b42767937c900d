"""When a request is sent again, after which pause, and whether all requests pause with it."""

from __future__ import annotations

import pytest

from conformance.http.exchange import Exchange, Reply
from conformance.send.retry import LONGEST_PAUSE_S, PAUSES_S, is_rate_limit, pause_before_next
from tests.asking import Asking, answering, ask, several
from tests.send.values import PLAIN, REFUSED, answered, asked, failed
from tests.serving import pictures_answer, refusal


@pytest.mark.parametrize("status", [408, 409, 425, 429])
def test_without_a_retry_after_there_are_a_few_tries(status: int) -> None:
    pauses = [pause_before_next(answered(status), tries) for tries in range(5)]
    assert pauses == [*PAUSES_S, None]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("told", "pause"),
    [("5", 5.0), ("0", PAUSES_S[0]), ("999999999", LONGEST_PAUSE_S)],
)
def test_a_retry_after_counts_between_the_shortest_and_the_longest_pause(
    status: int, told: str, pause: float
) -> None:
    assert pause_before_next(answered(status, retry_after=told), 0) == pause
    assert pause_before_next(answered(status, retry_after=told), 99) == max(pause, PAUSES_S[-1])


@pytest.mark.parametrize(
    ("told", "pause"),
    [
        ("Wed, 21 Oct 2015 07:28:10 GMT", 10.0),
        ("Wed, 21 Oct 2015 07:27:00 GMT", PAUSES_S[0]),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_PAUSE_S),
    ],
)
def test_a_retry_after_may_be_a_date(told: str, pause: float) -> None:
    reply = Reply(429, (("Retry-After", told),), b"")
    assert pause_before_next(Exchange(PLAIN, reply, finished_at=1445412480.0), 0) == pause


@pytest.mark.parametrize(
    "told", ["nan", "inf", "-1", "soon", "", "1e9", "9" * 400, "Mon, 99 Foo 2015", "²"]
)
def test_a_retry_after_that_is_neither_is_ignored(told: str) -> None:
    assert pause_before_next(answered(429, retry_after=told), 0) == PAUSES_S[0]
    assert pause_before_next(answered(503, retry_after=told), 0) is None


@pytest.mark.parametrize(
    "exchange",
    [
        *(answered(status) for status in (200, 400, 401, 404, 500, 501, 503)),
        failed("dropped"),
        answered(429, asked(provider_fault="429"), retry_after="1"),
        answered(503, asked(provider_fault="503"), retry_after="1"),
    ],
)
def test_all_else_is_not_sent_again(exchange: Exchange) -> None:
    assert pause_before_next(exchange, 0) is None


def test_a_429_that_was_not_ordered_is_the_gateways_own_rate_limit() -> None:
    assert pause_before_next(answered(429, asked(provider_fault="html")), 0) is not None


def test_a_503_for_what_must_be_refused_is_given_up_earlier() -> None:
    busy = answered(503, REFUSED, retry_after="1")
    assert [pause_before_next(busy, tries) is None for tries in (0, 5, 6)] == [False, False, True]


@pytest.mark.parametrize(
    ("exchange", "limits"),
    [
        (answered(429), True),
        (answered(503), True),
        (answered(429, REFUSED), False),
        (answered(429, REFUSED, retry_after="1"), True),
        (answered(429, asked(provider_fault="429"), retry_after="1"), False),
        (answered(429, asked(provider_fault="500"), retry_after="1"), True),
        (answered(503, asked(provider_fault="500"), retry_after="1"), False),
        (answered(408), False),
        (answered(400, retry_after="1"), False),
    ],
)
def test_an_answer_asks_all_requests_to_pause(exchange: Exchange, limits: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_rate_limit(exchange) is limits


@pytest.mark.parametrize("status", [429, 503])
def test_a_request_is_sent_again_after_the_pause_that_the_gateway_names(status: int) -> None:
    with answering(refusal(status, retry_after="17"), pictures_answer()) as server:
        asking = Asking(server.url, *several(1))
        (exchange,) = asking.all()
    assert exchange.ok
    assert [a.status for a in exchange.earlier] == [status]
    assert max(asking.time.slept) == 17.0
    assert asking.sender.spent.waited_s == 17.0


@pytest.mark.parametrize("status", [408, 409, 425, 429])
def test_a_request_that_always_has_to_come_again_is_given_up(status: int) -> None:
    with answering(refusal(status)) as server:
        (exchange,) = ask(server.url, *several(1))
    assert exchange.status == status
    assert len(server.got) == 5
    assert [a.status for a in exchange.earlier] == [status] * 4


def test_no_retry_after_makes_one_request_wait_without_end() -> None:
    with answering(refusal(429, retry_after="30")) as server:
        (exchange,) = ask(server.url, *several(1))
    assert exchange.status == 429
    assert len(server.got) == 4
