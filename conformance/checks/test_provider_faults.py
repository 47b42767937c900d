"""The provider fails: the gateway answers with an error in the documented form, in time."""

from dataclasses import replace

from conformance.cases.spec import at_provider
from conformance.http.exchange import Exchange
from conformance.judge.declare import Record, observes, sends, verifies
from conformance.judge.expect import fail
from conformance.judge.forwarding import enveloped, failed_at_provider, makers

STATUSES = tuple(at_provider(name) for name in ("400", "401", "403", "404", "500", "503"))
GARBAGE = tuple(at_provider(name) for name in ("html", "broken-json", "empty", "no-data"))
SLOW, DROPPED = at_provider("slow"), at_provider("drop")
# In the full profile only: a gateway may wait long for an answer that never ends.
ENDLESS = replace(at_provider("endless"), profile="full")
TWICE = at_provider("twice")
WRONG_TYPE, TOO_MANY = at_provider("wrong-type"), at_provider("429")


@verifies("PROVIDER-14")
@sends(STATUSES)
def test_an_error_of_the_provider_becomes_an_error(exchange: Exchange) -> None:
    enveloped(exchange)


@verifies("PROVIDER-15")
@sends(GARBAGE)
def test_an_answer_without_pictures_becomes_an_error(exchange: Exchange) -> None:
    enveloped(exchange)


@verifies("PROVIDER-15")
@sends([WRONG_TYPE])
def test_an_answer_of_a_wrong_type_is_read_or_becomes_an_error(exchange: Exchange) -> None:
    if not (exchange.ok and exchange.items and makers(exchange)):
        enveloped(exchange)


@verifies("PROVIDER-16")
@sends([DROPPED, ENDLESS])
def test_a_provider_that_never_ends_its_answer_becomes_an_error(exchange: Exchange) -> None:
    enveloped(exchange)


@verifies("PROVIDER-14")
@sends([TWICE])
def test_an_overloaded_provider_is_asked_again_or_becomes_an_error(exchange: Exchange) -> None:
    if not (exchange.ok and exchange.items):
        enveloped(exchange)


@verifies("PROVIDER-16")
@sends([SLOW])
def test_a_slow_provider_is_waited_for_or_becomes_an_error(exchange: Exchange) -> None:
    if not (exchange.ok and exchange.items):
        enveloped(exchange)


@verifies("PROVIDER-17")
@sends([TOO_MANY])
def test_too_many_requests_stay_too_many_requests(exchange: Exchange) -> None:
    failed_at_provider(exchange)
    if exchange.status != 429 or not exchange.header("retry-after"):
        fail("429 with Retry-After, as the provider answered", exchange)


@observes("PROVIDER-O3")
@sends((*STATUSES, *GARBAGE, WRONG_TYPE, DROPPED, SLOW, TWICE, ENDLESS, TOO_MANY))
def test_what_a_failure_becomes(exchange: Exchange, record: Record) -> None:
    calls = failed_at_provider(exchange)
    name = exchange.request.provider_fault
    record(f"{name}: {exchange.outcome}, {len(calls)} call(s)")
