"""A check neither passes nor fails by what the suite did not keep of an answer."""

from __future__ import annotations

import pytest

from conformance.http import bounds
from conformance.http.exchange import Exchange
from conformance.judging import partial
from conformance.judging.ends import Failed, Untestable
from conformance.judging.expect import each, expect, fail
from tests.values import exchange

LONG = b'{"data": [' + b'{"url": "http://x/1"},' * 1_000 + b'{"url": "http://x/2"}]}'


def cut(status: int = 200, *, headers: bool = False) -> Exchange:
    whole = exchange(status, body=LONG)
    assert whole.reply is not None
    reply = bounds.cut(whole.reply, "the run had kept enough", headers=headers)
    return partial.guarded(exchange(status, body=LONG) and Exchange(whole.request, reply))


def test_the_status_and_the_headers_are_judged() -> None:
    one = cut(200)
    assert expect(one).accepted() is one
    assert (one.status, one.media_type, one.header("x")) == (200, "application/json", None)
    with pytest.raises(Failed, match=r"200: an answer of 22,0.. bytes"):
        fail("a refusal", one)


@pytest.mark.parametrize("name", ["json", "items", "body", "text", "content"])
def test_its_body_cannot_be_read(name: str) -> None:
    def check(exchange: Exchange) -> None:
        getattr(exchange, name)

    with pytest.raises(
        Untestable, match=r"to plain \[\w+\] .*22,0.. bytes, sha256 .*: the run had kept enough"
    ):
        partial.called(check, {"exchange": cut()})


def test_headers_cannot_be_read_where_some_are_missing() -> None:
    def check(exchange: Exchange) -> None:
        assert exchange.header("content-type")
        exchange.header("x-other")

    partial.called(check, {"exchange": cut()})
    with pytest.raises(Untestable):
        partial.called(check, {"exchange": cut(headers=True)})


def without_items(answers: list[Exchange]) -> None:
    each((e, "has no items") for e in answers if not e.items)


def test_a_check_on_every_answer_fails_by_the_whole_ones_alone() -> None:
    whole = exchange(200, body=LONG)
    with pytest.raises(Failed, match="has no items"):
        partial.called(without_items, {"answers": [cut(), exchange(200)]})
    with pytest.raises(Untestable):
        partial.called(without_items, {"answers": [whole, cut(), whole]})
    with pytest.raises(Untestable):
        partial.called(without_items, {"answers": [cut()]})
    partial.called(without_items, {"answers": [whole]})


def test_a_check_that_reads_no_body_is_called_once() -> None:
    seen = []

    def check(answers: list[Exchange]) -> None:
        seen.append([e.status for e in answers])

    partial.called(check, {"answers": [cut(), exchange(400)]})
    assert seen == [[200, 400]]


def test_what_is_whole_is_left_alone() -> None:
    whole = exchange(200)
    assert partial.guarded(whole) is whole
    control = partial.guarded(Exchange(whole.request, whole.reply, control=cut()))
    assert control.control is not None
    assert isinstance(control.control.reply, partial.PartialReply)
