"""The error after the provider failed: the documented status_code, no trace and no path."""

from conformance.http.exchange import Exchange
from conformance.judge import leaks
from conformance.judge.declare import verifies
from conformance.judge.expect import each, where_present
from conformance.judge.forwarding import FAILED, failed_on_order


@verifies("ERROR-4", reads="provider calls")
def test_status_code_is_there_after_a_failure_of_the_provider(forwarded: list[Exchange]) -> None:
    judged = [e for e in failed_on_order(forwarded) if "is_bifrost_error" in e.body]
    each(
        (e, f"status_code is {code!r}, but the status is {e.status}")
        for e in where_present(judged, FAILED)
        if (code := e.body.get("status_code")) != e.status
    )


@verifies("ERROR-9", reads="provider calls")
def test_no_failure_of_the_provider_shows_a_stack_trace(forwarded: list[Exchange]) -> None:
    found = where_present(failed_on_order(forwarded), FAILED)
    each((e, text) for e in found if (text := leaks.leak(leaks.TRACES, e)))


@verifies("ERROR-10", reads="provider calls")
def test_no_failure_of_the_provider_shows_a_path(forwarded: list[Exchange]) -> None:
    found = where_present(failed_on_order(forwarded), FAILED)
    each((e, text) for e in found if (text := leaks.leak(leaks.PATHS, e)))
