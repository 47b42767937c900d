"""The content coding of answers: none that the client did not ask for."""

from collections import Counter

from conformance.cases.combinations import covering
from conformance.http import codings, deliveries
from conformance.http.exchange import Exchange
from conformance.judging.declare import Record, observes, sends, verifies
from conformance.judging.expect import each, expect, some


def judged(answers: list[Exchange]) -> list[Exchange]:
    """Return the answers to requests whose head a server can read."""
    return [
        e for e in answers if e.reply is not None and e.request.delivery not in deliveries.MALFORMED
    ]


def accepted(exchange: Exchange) -> str | None:
    """Return the Accept-Encoding of a request, or None without one."""
    headers = exchange.request.headers
    return next((value for name, value in headers if name.lower() == "accept-encoding"), None)


@verifies("BODY-18", reads="every answer")
def test_no_answer_has_a_coding_that_was_not_asked_for(answers: list[Exchange]) -> None:
    each(
        (e, f"Content-Encoding is {coding}, the request's Accept-Encoding is {accepted(e)!r}")
        for e in some(judged(answers), "answer")
        for coding in codings.named(e.header("content-encoding"))
        if codings.refuses(accepted(e), coding)
    )


@verifies("BODY-18")
@sends([covering(codings=codings.IDENTITY)])
def test_a_client_that_wants_no_coding_is_served(exchange: Exchange) -> None:
    expect(exchange).accepted()


@observes("BODY-O1", reads="every answer")
def test_in_which_codings_answers_come(answers: list[Exchange], record: Record) -> None:
    asked = Counter(coded(e) for e in judged(answers) if accepted(e) is not None)
    silent = Counter(coded(e) for e in judged(answers) if accepted(e) is None)
    for name, counted in (("with", asked), ("without", silent)):
        for coding, count in counted.most_common():
            record(f"{count} answer(s) to requests {name} Accept-Encoding: {coding}")


def coded(exchange: Exchange) -> str:
    coding = ", ".join(codings.named(exchange.header("content-encoding"))) or "no coding"
    varies = "accept-encoding" in (exchange.header("vary") or "").lower()
    return f"{coding}, with Vary" if varies else coding
