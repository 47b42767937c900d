"""The method is POST."""

from dataclasses import replace

from conformance.cases.spec import PLAIN, Spec
from conformance.http.exchange import Exchange
from conformance.judging.declare import Record, observes, sends, verifies
from conformance.judging.ends import NotApplicable
from conformance.judging.expect import expect, fail


def asked_with(method: str) -> Spec:
    return replace(PLAIN, label=method, method=method, expected="refused", control=PLAIN)


OTHERS = [asked_with(m) for m in ("GET", "PUT", "PATCH", "DELETE")]


@verifies("METHOD-1", profile="smoke")
@sends(OTHERS)
def test_another_method_never_gives_variations(exchange: Exchange) -> None:
    expect(exchange).judged()
    if exchange.ok and any(
        isinstance(i, dict) and (i.get("url") or i.get("b64_json")) for i in exchange.items
    ):
        fail("no variations", exchange)


@verifies("METHOD-2")
@sends(OTHERS)
def test_another_method_is_not_allowed(exchange: Exchange) -> None:
    answer = expect(exchange).judged()
    if answer.status not in (404, 405, 501):
        fail("404, 405 or 501", answer)


@verifies("METHOD-3")
@sends(OTHERS)
def test_a_405_says_what_is_allowed(exchange: Exchange) -> None:
    answer = expect(exchange).judged()
    if answer.status != 405:
        raise NotApplicable(
            f"the gateway answers {answer.request.method} with {answer.outcome}, not with 405"
        )
    if "POST" not in (answer.header("allow") or "").upper():
        fail("an Allow header that names POST", answer)


@observes("METHOD-O1")
@sends([asked_with("OPTIONS"), asked_with("HEAD")])
def test_what_options_and_head_are_answered_with(exchange: Exchange, record: Record) -> None:
    record(f"{exchange.request.method}: {exchange.outcome}")
