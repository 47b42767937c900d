"""Odd input and steady operation: nothing breaks the gateway, and nothing keeps it broken."""

from dataclasses import replace

from conformance import answer, wire
from conformance.combinations import INJECTED
from conformance.exchange import Exchange
from conformance.expect import each, expect, fail, some
from conformance.judging import NotApplicable, Untestable, sends, sends_together, verifies
from conformance.oddities import HOSTILE_NAMES, UNUSUAL, USUAL
from conformance.surprise import SEND_AGAIN
from conformance.variation import LAST, PLAIN, Spec, either, fault, variation

BAD_N = fault(variation(n="abc"), twin=variation(n=1))


@verifies("ROBUST-1")
@sends((*USUAL, *UNUSUAL))
def test_odd_fields_are_answered(exchange: Exchange) -> None:
    expect(exchange).answered()


INJECTING = (
    either(variation("model with CRLF", model=f"openai/x\r\n{INJECTED}: 1")),
    *HOSTILE_NAMES,
    fault(
        variation("response_format with CRLF", response_format=f"url\r\n{INJECTED}: 1"), twin=PLAIN
    ),
    fault(variation("size with CRLF", size=f"256x256\r\n{INJECTED}: 1"), twin=PLAIN),
)


@verifies("ROBUST-2")
@sends(INJECTING)
def test_a_value_with_crlf_is_sent(exchange: Exchange) -> None:
    expect(exchange).judged()
    no_injected_header(exchange)


@verifies("ROBUST-2")
def test_no_answer_has_an_injected_header(answers: list[Exchange]) -> None:
    for exchange in answers:
        no_injected_header(exchange)


def no_injected_header(exchange: Exchange) -> None:
    if exchange.reply is not None and exchange.header(INJECTED) is not None:
        fail(f"no {INJECTED} header, which came in a value of the request", exchange)


def on_one_connection(label: str, first: Spec) -> dict[str, Spec]:
    """A request, and a refused one after it on the same connection."""
    bad = replace(BAD_N, connection=label, label="n=abc, on a used connection", after=first)
    return {
        "first": replace(first, connection=label),
        "second": replace(bad, after=replace(first, connection=label)),
    }


def reused(exchanges: dict[str, Exchange]) -> None:
    first, second = exchanges["first"], exchanges["second"]
    for exchange in (first, second):
        expect(exchange).judged()
    if (
        not second.earlier
        and first.local_port is not None
        and first.local_port != second.local_port
    ):
        raise NotApplicable("the server closed the connection after its answer, as it may")
    fresh = exchanges["fresh"]
    if any(a.status != fresh.status for a in second.earlier) or second.status != fresh.status:
        fail(f"{fresh.outcome}, as on a new connection", second)


AFTER_REFUSAL = on_one_connection("after a refusal", replace(BAD_N, label="n=abc, first"))
AFTER_NO_ENTRY = on_one_connection("after no entry", wire.WITHOUT_CREDENTIAL)
AFTER_JSON = on_one_connection("after a JSON body", wire.JSON)


@verifies("ROBUST-3")
@sends_together(**AFTER_REFUSAL, fresh=BAD_N)
def test_a_connection_serves_again_after_a_refusal(exchanges: dict[str, Exchange]) -> None:
    reused(exchanges)


@verifies("ROBUST-3")
@sends_together(**AFTER_NO_ENTRY, fresh=BAD_N)
def test_a_connection_serves_again_after_no_entry(exchanges: dict[str, Exchange]) -> None:
    reused(exchanges)


@verifies("ROBUST-3")
@sends_together(**AFTER_JSON, fresh=BAD_N)
def test_a_connection_serves_again_after_another_media_type(exchanges: dict[str, Exchange]) -> None:
    reused(exchanges)


@verifies("ROBUST-4")
def test_no_answer_changed_when_it_was_asked_for_again(answers: list[Exchange]) -> None:
    judged = some(
        [e for e in answers if e.reply is not None and not e.request.connection], "answer"
    )
    each((e, text) for e in judged if (text := changed(e)))


def changed(exchange: Exchange) -> str:
    """Say how a surprise became something else when the request was sent again, alone."""
    for attempt in exchange.earlier:
        put_off = attempt.status in (*SEND_AGAIN, 503)
        if (
            not put_off
            and not attempt.excused
            and kind_of(attempt.status) != kind_of(exchange.status)
        ):
            first = attempt.status or f"no answer ({attempt.failure})"
            return f"first {first}, then {exchange.outcome} for the same bytes"
    return ""


@verifies("ROBUST-6")
def test_requests_in_flight_together_keep_their_own_parameters(answers: list[Exchange]) -> None:
    """What was wrong among others and right alone was mixed up with one of them."""
    judged = some([e for e in answers if e.ok and e.request.expected == "accepted"], "success")
    each(
        (e, f"{a.mismatch}; alone, the same bytes got what they ask for")
        for e in judged
        for a in e.earlier
        if a.mismatch and not answer.mismatch(e)
    )


def kind_of(status: int | None) -> int:
    """The first digit of a status; no answer at all is as bad as a server error."""
    return 5 if status is None else status // 100


# With the picture of the plain request: the same request once more, after everything else.
AGAIN = replace(
    PLAIN, label="the plain request once more", copy=1, phase=LAST, same_picture_as=PLAIN
)


@verifies("ROBUST-5")
@sends_together(before=PLAIN, after=AGAIN)
def test_a_good_request_works_after_all_the_bad_ones(exchanges: dict[str, Exchange]) -> None:
    if not exchanges["before"].ok:
        raise Untestable(f"it was not accepted before them either: {exchanges['before'].outcome}")
    if exchanges["after"].failure == "down":
        fail("a success, as before them", exchanges["after"])
    expect(exchanges["after"]).accepted()
