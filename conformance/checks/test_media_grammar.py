"""Forms as only the grammar allows them are accepted, and none that is odd is a server error."""

from dataclasses import replace

from conformance.cases import malformed_bodies
from conformance.cases.grammar import GRAMMAR, LEFT_OPEN, MISCODED, TOGETHER
from conformance.cases.spec import PLAIN, Spec, fault, uploaded, variation
from conformance.http import deliveries
from conformance.http.exchange import Exchange
from conformance.http.status import is_server_error
from conformance.judging.declare import Cases, Record, observes, sends, sends_each, verifies
from conformance.judging.ends import NotApplicable
from conformance.judging.expect import answered_like_its_control, expect, known_object

NO_MODEL = fault(variation("no model", model=None), control=PLAIN)
NO_PICTURE = fault(uploaded("neither image nor image[]", None), control=PLAIN)


@verifies("MEDIA-12")
@sends(
    [
        malformed_bodies.NO_CONTENT_TYPE,
        malformed_bodies.MIXED,
        malformed_bodies.UNCLOSED,
        *malformed_bodies.ENDINGS,
        *(replace(TOGETHER, title=alone.label, otherwise=alone) for alone in GRAMMAR),
    ]
)
def test_an_unusual_form_is_no_server_error(exchange: Exchange) -> None:
    where_chunks_are_taken(exchange)
    expect(exchange).answered()


def beside_its_lacks(*forms: Spec) -> Cases:
    """Return each form with those that lack a field: who breaks on these breaks not on the form."""
    return {f.label: {"form": f, "no model": NO_MODEL, "no picture": NO_PICTURE} for f in forms}


@verifies("MEDIA-12")
@sends_each(beside_its_lacks(malformed_bodies.WITHOUT_ANY_PART))
def test_a_form_without_any_part_is_no_server_error(
    exchanges: dict[str, Exchange], case: str
) -> None:
    answered_unless_it_lacks(exchanges, case)


@verifies("MEDIA-12", profile="full")
@sends_each(beside_its_lacks(*malformed_bodies.WITHOUT_CONTENT))
def test_a_form_without_content_is_no_server_error(
    exchanges: dict[str, Exchange], case: str
) -> None:
    answered_unless_it_lacks(exchanges, case)


def answered_unless_it_lacks(exchanges: dict[str, Exchange], case: str) -> None:
    for lacks in ("no model", "no picture"):
        exchange = exchanges[lacks]
        if is_server_error(exchange) or exchange.reply is None:
            raise NotApplicable(
                f"the gateway answers no form with {lacks} either, so {case} shows nothing more:"
                f" {exchange.outcome}"
            )
    expect(exchanges["form"]).answered()


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
