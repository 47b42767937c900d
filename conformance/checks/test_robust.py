"""Odd input and steady operation: nothing breaks the gateway, and nothing keeps it broken."""

from dataclasses import replace

from conformance.cases import malformed_bodies
from conformance.cases.combinations import INJECTED, rows
from conformance.cases.edge_cases import HOSTILE_NAMES, UNUSUAL, USUAL
from conformance.cases.long_values import LONG
from conformance.cases.spec import BAD_N, PLAIN, Spec, either, fault, uploaded, variation
from conformance.http import deliveries
from conformance.http.exchange import Exchange
from conformance.http.request import LAST
from conformance.http.status import kind, was_never_asked
from conformance.judging.declare import Record, observes, sends, sends_together, verifies
from conformance.judging.ends import NotApplicable, Untestable
from conformance.judging.expect import (
    answered_like_its_control,
    each,
    expect,
    fail,
    not_rate_limited,
    some,
)
from conformance.judging.flakiness import Flakiness
from conformance.judging.probe import Probe
from conformance.plan.expectations import mismatch


@verifies("ROBUST-1")
@sends((*USUAL, *UNUSUAL))
def test_odd_fields_are_answered(exchange: Exchange) -> None:
    expect(exchange).answered()


@verifies("ROBUST-1")
@sends(LONG)
def test_long_values_are_answered(exchange: Exchange) -> None:
    answered_like_its_control(exchange)


INJECTING = (
    either(variation("model with CRLF", model=f"openai/x\r\n{INJECTED}: 1")),
    *HOSTILE_NAMES,
    fault(
        variation("response_format with CRLF", response_format=f"url\r\n{INJECTED}: 1"),
        control=PLAIN,
    ),
    fault(variation("size with CRLF", size=f"256x256\r\n{INJECTED}: 1"), control=PLAIN),
    fault(variation("n with CRLF", n=f"1\r\n{INJECTED}: 1"), control=variation(n=1)),
)


@verifies("ROBUST-2")
@sends(INJECTING)
def test_a_value_with_crlf_is_sent(exchange: Exchange) -> None:
    expect(exchange).judged()
    no_injected_header(exchange)


@verifies("ROBUST-2", reads="every answer", busy=True)
def test_no_answer_has_an_injected_header(answers: list[Exchange]) -> None:
    for exchange in answers:
        no_injected_header(exchange)


def no_injected_header(exchange: Exchange) -> None:
    if exchange.reply is not None and exchange.header(INJECTED) is not None:
        fail(f"no {INJECTED} header: the request has it only inside a value", exchange)


@verifies("ROBUST-10", probes=True)
@sends([replace(whole, title=whole.label) for whole, _ in rows()])
def test_what_is_accepted_alone_is_accepted_together(
    exchange: Exchange, spec: Spec, probe: Probe
) -> None:
    if expect(exchange).judged().ok:
        return
    for single in next(facts for whole, facts in rows() if whole.label == spec.label):
        if not expect(probe.send(single)).judged().ok:
            raise NotApplicable(f"the gateway does not accept {single.label} alone either")
    fail("a success, since the gateway accepts each of its parts alone", exchange)


# n is faulty, so that a gateway that reads such a message whole makes no picture.
MALFORMED = tuple(
    replace(BAD_N, label=f"HTTP: {name}", delivery=name) for name in deliveries.MALFORMED
)


@verifies("ROBUST-8")
@sends(MALFORMED)
def test_a_malformed_message_is_answered_in_time(exchange: Exchange) -> None:
    """Any answer is right, 408 and 429 too: the message may look as if more of it were to come."""
    if exchange.reply is not None:
        return
    expect(exchange).judged()
    if exchange.failure != "timeout":
        return
    good = exchange.control
    if good is not None and good.elapsed_s > exchange.elapsed_s / 2:
        raise Untestable(
            f"the gateway takes {good.elapsed_s:.1f} s for a good request: too long to"
            " tell slow from silent here"
        )
    fail("an answer, or a closed connection", exchange)


@observes("ROBUST-O1")
@sends(MALFORMED)
def test_how_a_malformed_message_is_taken(exchange: Exchange, record: Record) -> None:
    record(f"{exchange.request.delivery}: {exchange.outcome}")


SAMPLE = (
    BAD_N,
    fault(variation(n=11), control=variation(n=1)),
    fault(variation(size="256x257"), control=PLAIN),
    fault(variation(response_format="png"), control=PLAIN),
    fault(variation(model=None), control=PLAIN),
    fault(uploaded("neither image nor image[]", None), control=PLAIN),
    malformed_bodies.JSON,
    malformed_bodies.UNKNOWN_BOUNDARY,
    malformed_bodies.WITHOUT_CREDENTIAL,
)


def again(spec: Spec, copy: int) -> Spec:
    """Return the same bytes, sent once more after everything else; the control is the first try."""
    return replace(spec, label=f"{spec.label}, again", copy=copy, phase=LAST, control=spec)


@verifies("ROBUST-4")
@sends([again(spec, copy) for spec in SAMPLE for copy in (1, 2)])
def test_a_refused_request_is_refused_again(exchange: Exchange) -> None:
    first = exchange.control
    if first is None:
        raise Untestable("the run did not send this request a first time")
    expect(first).judged()
    if was_never_asked(exchange):
        raise Untestable(f"{exchange.failure}: {exchange.failure_text}")
    not_rate_limited(exchange)
    # If the answer to one of the two changed by itself, the next check finds the reason.
    if kind(first.status) != kind(exchange.status):
        fail(f"{first.outcome}, as the first time", exchange)


@verifies("ROBUST-4", reads="every answer", probes=True)
def test_no_answer_changed_when_it_was_asked_for_again(
    answers: list[Exchange], flakiness: Flakiness
) -> None:
    some([e for e in answers if e.reply is not None and not e.request.connection], "answer")
    each(flakiness.because_of("at random"))


@verifies("ROBUST-7", reads="every answer", probes=True)
def test_no_answer_is_worse_among_others(answers: list[Exchange], flakiness: Flakiness) -> None:
    some([e for e in answers if e.request.burst], "request that was sent at once with others")
    each(flakiness.because_of("at once"))


@verifies("ROBUST-6", reads="every answer")
def test_requests_in_flight_together_keep_their_own_parameters(answers: list[Exchange]) -> None:
    """If an answer is wrong among others and right alone, the gateway mixed up two requests."""
    judged = some([e for e in answers if e.ok and e.request.expected == "accepted"], "success")
    each(
        (e, f"{a.mismatch}; alone, the same bytes got what they ask for")
        for e in judged
        for a in e.earlier
        if a.mismatch and not a.excused and not mismatch(e)
    )


# The same request with the same picture, sent once more after everything else.
AGAIN = replace(
    PLAIN, label="the plain request once more", copy=1, phase=LAST, same_picture_as=PLAIN
)


@verifies("ROBUST-5")
@sends_together(before=PLAIN, after=AGAIN)
def test_a_good_request_works_after_all_the_bad_ones(exchanges: dict[str, Exchange]) -> None:
    if not exchanges["before"].ok:
        raise Untestable(
            f"the gateway did not accept it before them either: {exchanges['before'].outcome}"
        )
    # `test_no_request_ends_the_gateways_process` names what a gateway that is down was asked last.
    expect(exchanges["after"]).accepted()
