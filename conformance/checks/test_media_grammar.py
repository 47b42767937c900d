"""Forms as only the grammar allows them are accepted, and none that is odd is a server error."""

from dataclasses import replace

from conformance.cases import malformed_bodies
from conformance.cases.grammar import GRAMMAR, LEFT_OPEN, MISCODED, TOGETHER
from conformance.http import deliveries
from conformance.http.exchange import Exchange
from conformance.judge.declare import Record, observes, sends, verifies
from conformance.judge.ends import NotApplicable
from conformance.judge.expect import answered_like_its_control, expect, known_object


@verifies("MEDIA-12")
@sends(
    [
        malformed_bodies.NO_CONTENT_TYPE,
        malformed_bodies.MIXED,
        *malformed_bodies.WITHOUT_PARTS,
        malformed_bodies.UNCLOSED,
        *malformed_bodies.ENDINGS,
        *(replace(TOGETHER, title=alone.label, otherwise=alone) for alone in GRAMMAR),
    ]
)
def test_an_unusual_form_is_no_server_error(exchange: Exchange) -> None:
    where_chunks_are_taken(exchange)
    expect(exchange).answered()


@verifies("MEDIA-11")
@sends([replace(TOGETHER, title=alone.label, otherwise=alone) for alone in GRAMMAR])
def test_what_only_the_grammar_allows_is_accepted(exchange: Exchange) -> None:
    where_chunks_are_taken(exchange)
    expect(exchange).accepted()


def where_chunks_are_taken(exchange: Exchange) -> None:
    """End the check of odd chunks if the gateway accepts no plain ones: MEDIA-8 judges those."""
    odd = exchange.request.delivery == deliveries.ODD_CHUNKS
    if odd and exchange.control is not None and not expect(exchange.control).judged().ok:
        raise NotApplicable(
            f"the gateway does not accept plain chunks either: {exchange.control.outcome}"
        )


@verifies("MEDIA-12")
@sends((*LEFT_OPEN, *MISCODED))
def test_a_form_that_readers_take_differently_is_no_server_error(exchange: Exchange) -> None:
    answered_like_its_control(exchange)


@observes("MEDIA-O1")
@sends(LEFT_OPEN)
def test_how_such_a_form_is_taken(exchange: Exchange, record: Record) -> None:
    message = known_object(exchange.body.get("error")).get("message")
    record(f"{exchange.request.label}, with n=abc: {exchange.outcome}, {message}")
