"""The provider fails: the gateway answers with an error in the documented form, in time."""

from dataclasses import replace
from http import HTTPStatus

from conformance.cases.spec import Spec, at_provider
from conformance.http.exchange import Exchange
from conformance.http.status import SEND_AGAIN, is_client_error
from conformance.judging.declare import Record, observes, sends, verifies
from conformance.judging.ends import Untestable
from conformance.judging.expect import fail
from conformance.judging.forwarding import enveloped, failed_at_provider, lost_calls, makers
from conformance.judging.probe import Probe
from conformance.provider.faults import ERROR_FORMS, FAULTS, PREFIX


def fault_status(spec: Spec) -> int:
    """Return the status that the stand-in provider answers for a fault."""
    fault = FAULTS[f"{PREFIX}{spec.provider_fault}"]
    return fault.reply.status if fault.reply else HTTPStatus.OK


# The forms of an error that a core run asks for.
SAMPLE = ("error-html", "error-empty", "error-string", "error-detail")
STATUSES = tuple(at_provider(name) for name in ("400", "401", "403", "404", "500", "503"))
FORMS = tuple(
    replace(at_provider(name), profile="core" if name in SAMPLE else "full") for name in ERROR_FORMS
)
GARBAGE = (
    *(at_provider(name) for name in ("html", "broken-json", "empty", "no-data", "null-data")),
    replace(at_provider("empty-data"), profile="full"),
)
SLOW, DROPPED = at_provider("slow"), at_provider("drop")
# In the full profile only: a gateway may wait long for an answer that never ends.
ENDLESS = replace(at_provider("endless"), profile="full")
TWICE = at_provider("twice")
FAILURES = (
    *(spec for spec in STATUSES if spec.provider_fault in ("500", "503")),
    *(spec for spec in FORMS if fault_status(spec) >= HTTPStatus.INTERNAL_SERVER_ERROR),
    *GARBAGE,
)
# Statuses of a 4xx that do not say that the client is at fault: try again, or something else failed.
NOBODYS_FAULT = SEND_AGAIN | {HTTPStatus.FAILED_DEPENDENCY}
WRONG_TYPE, TOO_MANY = at_provider("wrong-type"), at_provider("429")


@verifies("PROVIDER-14")
@sends((*STATUSES, *FORMS))
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


@verifies("PROVIDER-17", probes=True)
@sends([TOO_MANY])
def test_too_many_requests_stay_too_many_requests(exchange: Exchange, probe: Probe) -> None:
    failed_at_provider(exchange)
    if exchange.status != HTTPStatus.TOO_MANY_REQUESTS and has_lost_its_picture(exchange, probe):
        raise Untestable("the gateway asked again without the picture, which PROVIDER-21 judges")
    if exchange.status != 429 or not exchange.header("retry-after"):
        fail("429 with Retry-After, as the provider answered", exchange)


@verifies("PROVIDER-22", probes=True)
@sends((*FAILURES, DROPPED, SLOW, ENDLESS))
def test_a_failure_of_the_provider_is_no_fault_of_the_client(
    exchange: Exchange, probe: Probe
) -> None:
    failed_at_provider(exchange)
    if not is_client_error(exchange.status) or exchange.status in NOBODYS_FAULT:
        return
    if has_lost_its_picture(exchange, probe):
        raise Untestable("the gateway asked again without the picture, which PROVIDER-21 judges")
    fail("a 5xx, since the provider failed and not the client", exchange)


def has_lost_its_picture(exchange: Exchange, probe: Probe) -> bool:
    """Return whether a call without a picture may be a retry of this request."""
    return any(exchange.id in call.claim.perhaps for call in lost_calls(probe))


@observes("PROVIDER-O3")
@sends((*STATUSES, *FORMS, *GARBAGE, WRONG_TYPE, DROPPED, SLOW, TWICE, ENDLESS, TOO_MANY))
def test_what_a_failure_becomes(exchange: Exchange, record: Record) -> None:
    calls = failed_at_provider(exchange)
    name = exchange.request.provider_fault
    record(f"{name}: {exchange.outcome}, {len(calls)} call(s)")
