"""The form of each call to the provider: one that a provider of this API reads, and no more."""

from conformance.http.exchange import Exchange
from conformance.judging.declare import verifies
from conformance.judging.expect import each, some
from conformance.judging.forwarding import told
from conformance.judging.provider_form import surplus, unreadable


@verifies("PROVIDER-19", reads="provider calls")
def test_a_call_is_a_form_that_a_provider_reads(forwarded: list[Exchange]) -> None:
    each(
        (e, f"call {call.id}: {problem}")
        for e in with_calls(forwarded)
        for call in told(e)
        if call.is_images
        for problem in unreadable(call, e.request)
    )


@verifies("PROVIDER-20", reads="provider calls")
def test_nothing_surplus_is_sent_on(forwarded: list[Exchange]) -> None:
    each(
        (e, f"call {call.id} has {problem}")
        for e in with_calls(forwarded)
        for call in told(e)
        if call.is_images and not call.problem
        for problem in surplus(call, e.request)
    )


def with_calls(forwarded: list[Exchange]) -> list[Exchange]:
    """Return the good requests that reached the provider: of a bad one a gateway may send on what it is."""
    good = [e for e in forwarded if e.ok or e.request.expected == "accepted"]
    return some([e for e in good if told(e)], "good request that reached the provider")
