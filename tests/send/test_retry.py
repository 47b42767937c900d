"""When a request is sent again, after which pause, and what is weather and what its own matter."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.cases.spec import variation
from conformance.http.exchange import Exchange, Reply
from conformance.http.request import LAST
from conformance.send.rates.pauses import LONGEST_PAUSE_S, PAUSES_S, limiting, pause_before_next
from tests.asking import Asking, answering, ask, several
from tests.send.values import PLAIN, answered, asked, failed
from tests.serving import Answer, Got, Loopback, pictures_answer, refusal


@pytest.mark.parametrize("status", [408, 409, 425])
def test_without_a_retry_after_there_are_a_few_tries(status: int) -> None:
    pauses = [pause_before_next(answered(status), tries) for tries in range(5)]
    assert pauses == [*PAUSES_S, None]


@pytest.mark.parametrize(
    ("told", "pause"),
    [("5", 5.0), ("0", PAUSES_S[0]), ("999999999", LONGEST_PAUSE_S), ("soon", PAUSES_S[0])],
)
def test_a_retry_after_counts_between_the_shortest_and_the_longest_pause(
    told: str, pause: float
) -> None:
    assert pause_before_next(answered(409, retry_after=told), 0) == pause
    assert pause_before_next(answered(409, retry_after=told), 4) is None


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
    assert limiting(exchange) is None


@pytest.mark.parametrize(
    ("exchange", "limits"),
    [
        (answered(429), True),
        (answered(429, replace(PLAIN, expected="refused")), True),
        (answered(503), False),
        (answered(503, retry_after="1"), True),
        (answered(429, asked(provider_fault="429"), retry_after="1"), False),
        (answered(429, asked(provider_fault="500"), retry_after="1"), True),
        (answered(503, asked(provider_fault="500"), retry_after="1"), False),
        (answered(408), False),
        (answered(400, retry_after="1"), False),
        (replace(answered(400), behind=(Reply(429, (), b""),)), True),
    ],
)
def test_an_answer_is_the_weather_of_all_requests(exchange: Exchange, limits: bool) -> None:  # noqa: FBT001 - a column of the table
    assert (limiting(exchange) is not None) is limits


@pytest.mark.parametrize("status", [429, 503])
def test_a_request_is_sent_again_after_the_pause_that_the_gateway_names(status: int) -> None:
    with answering(refusal(status, retry_after="17"), pictures_answer()) as server:
        asking = Asking(server.url, *several(1))
        (exchange,) = asking.all()
    assert exchange.ok
    assert [a.status for a in exchange.earlier] == [status]
    assert max(asking.time.slept) == 17.0
    assert asking.sender.spent.waited_s == 17.0


@pytest.mark.parametrize("status", [408, 409, 425])
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


def test_a_gateway_that_takes_nothing_is_asked_seldom_and_what_is_left_is_not_sent() -> None:
    with answering(refusal(429)) as server:
        found = ask(server.url, *several(40))
    assert len(server.got) < 30
    assert {e.status for e in found if e.reply} == {429}
    never = [e for e in found if e.reply is None]
    assert {e.failure for e in never} == {"limited"}
    assert "429" in never[0].failure_text
    assert len(never) > 10


def test_what_is_refused_for_its_own_sake_holds_nobody_up() -> None:
    def decide(got: Got) -> Answer:
        return refusal(429) if b"number 7" in got.body else pictures_answer()

    specs = [
        replace(spec, fields=(*spec.fields, ("user", f"number {i}x")))
        for i, spec in enumerate(several(40))
    ]
    with Loopback(decide) as server:
        asking = Asking(server.url, *specs)
        found = asking.all()
    assert sum(e.status == 429 for e in found) == 1
    assert sum(e.ok for e in found) == 39
    assert len(server.got) <= 46
    assert asking.sender.spent.limited <= 6


def test_a_known_refusal_looks_where_nothing_else_waits() -> None:
    def decide(got: Got) -> Answer:
        return refusal(429 if b"own matter" in got.body else 400)

    first, last = (
        replace(variation(name, user=name), expected="refused")
        for name in ("refused", "own matter")
    )
    with Loopback(decide) as server:
        asking = Asking(server.url, first, replace(last, phase=LAST))
        found = asking.all()
    assert [e.status for e in found] == [400, 429]
    assert len(server.got) < 20
    assert sum(asking.time.slept) < 30
