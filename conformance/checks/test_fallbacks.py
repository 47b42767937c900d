"""fallbacks: nothing while the primary works, the next model when it fails."""

from dataclasses import replace

from conformance.cases.combinations import covering
from conformance.cases.fallbacks import encodings, two, with_fallbacks, working
from conformance.cases.spec import (
    FAILING_MODEL,
    MODEL,
    PLAIN,
    Spec,
    beside_a_fault,
    either,
    fault,
    readable,
)
from conformance.http.exchange import Exchange
from conformance.http.fallback_encodings import FURTHER, USUAL
from conformance.http.form import Part, text
from conformance.http.status import is_busy, is_error, was_never_asked
from conformance.judging.declare import Record, observes, sends, verifies
from conformance.judging.ends import Failed, NotApplicable, Untestable
from conformance.judging.expect import (
    answered_like_its_control,
    describe,
    expect,
    fail,
    known_object,
    not_rate_limited,
)
from conformance.judging.fallbacks import tried, understood, where_the_model_fails
from conformance.judging.probe import Probe
from conformance.target.target import Target

# The further encodings would cost a picture each, since no combination has them.
HEALTHY = (
    *(covering(fallbacks=encoding) for encoding in USUAL),
    *(replace(covering(fallbacks=encoding), profile="full") for encoding in FURTHER),
)


@verifies("FALLBACKS-1")
@sends(HEALTHY)
def test_with_a_healthy_primary_fallbacks_do_no_harm(exchange: Exchange) -> None:
    expect(exchange).answered()


@verifies("FALLBACKS-2", probes=True)
@sends(HEALTHY)
def test_a_healthy_primary_serves(exchange: Exchange, probe: Probe) -> None:
    target = probe.target
    if not target.failing_model:
        raise NotApplicable(
            "without a failing model the fallback is the primary model itself: name one with"
            " --failing-model"
        )
    where_the_model_fails(probe)
    accepted = expect(exchange).judged()
    if not accepted.ok:
        raise NotApplicable(
            f"the gateway refuses this encoding, which is allowed ({accepted.outcome}); FALLBACKS-3"
            " tests whether it understands any encoding"
        )
    if target.failing_model.lower() in served_by(accepted):
        fail(f"the primary {target.model} to serve", accepted)


def served_by(exchange: Exchange) -> set[str]:
    """Return the names, with and without a provider, by which an answer tells which model served.

    `model_requested` may name the requested model that failed, so it counts only if the answer
    names no other model.
    """
    body = exchange.body
    told = known_object(body.get("extra_fields"))
    name = body.get("model") or told.get("model_deployment") or told.get("model_requested")
    names = [str(name or "").lower()]
    provider = str(told.get("provider") or "").lower()
    return {*names, *(f"{provider}/{name}" for name in names if provider and "/" not in name)}


@verifies("FALLBACKS-3", probes=True)
@sends(working)
def test_a_working_fallback_gives_a_success(exchange: Exchange, probe: Probe) -> None:
    where_the_model_fails(probe)
    if expect(exchange).judged().ok:
        return
    found = understood(probe)
    if found is None:
        _, shown = next(tried(probe))
        expected = "a success in one of the encodings of fallbacks, which the run tried all"
    else:
        encoding, shown = found
        expected = (
            f"a success from the working fallback: in the encoding {encoding} the gateway called"
            " its provider more often than without fallbacks, so it understood them"
        )
    raise Failed(f"expected {expected}\ngot {describe(shown)}", exchanges=(shown.id,))


@observes("FALLBACKS-O1")
@sends(working)
def test_which_encoding_is_understood(exchange: Exchange, record: Record) -> None:
    if exchange.ok:
        record(exchange.request.label)


@verifies("FALLBACKS-4", probes=True)
@sends(working)
def test_after_a_fallback_the_answer_names_who_served(exchange: Exchange, probe: Probe) -> None:
    where_the_model_fails(probe)
    target = probe.target
    if not expect(exchange).judged().ok:
        raise NotApplicable(f"no fallback served, which FALLBACKS-3 judges: {exchange.outcome}")
    told = known_object(exchange.body.get("extra_fields")).get("provider")
    if str(target.failing_model).lower() in served_by(exchange):
        fail(f"the model that served, {target.model}", exchange)
    if told and str(told).lower() != target.model.lower().partition("/")[0]:
        fail(f"the provider that served, that of {target.model}", exchange)


@verifies("FALLBACKS-5", probes=True)
@sends(
    lambda run: [
        fault(
            replace(
                with_fallbacks(e, FAILING_MODEL),
                label=f"all models fail, {e}",
                # Not the picture of a success: a cache that does not look at the model is CACHE-2's.
                picture="all models fail",
            ),
            control=PLAIN,
        )
        for e in encodings(run)
    ]
)
def test_when_all_models_fail_the_answer_is_an_error(exchange: Exchange, probe: Probe) -> None:
    where_the_model_fails(probe)
    answer = exchange
    if not was_never_asked(answer) and answer.reply is None:
        fail("an error", answer)
    if answer.reply is None:
        raise Untestable(f"{answer.failure}: {answer.failure_text}")
    message = known_object(answer.body.get("error")).get("message")
    if is_busy(answer.reply) and not message:
        not_rate_limited(answer)
    if not is_error(answer.status) or not message:
        fail("a 4xx or 5xx with the error envelope", answer)


@verifies("FALLBACKS-6", probes=True)
@sends(two)
def test_after_a_failing_fallback_the_next_is_tried(exchange: Exchange, probe: Probe) -> None:
    where_the_model_fails(probe)
    if expect(exchange).judged().ok:
        return
    found = understood(probe)
    if found is None:
        raise NotApplicable(
            "the gateway understood fallbacks in no encoding, which FALLBACKS-3 judges"
        )
    # Without the other fields, whose loss FALLBACKS-9 judges.
    alone = probe.send(either(with_fallbacks(found[0], FAILING_MODEL, MODEL)))
    if not alone.ok:
        fail(f"a success from the second fallback, in the encoding {found[0]}", alone)


def malformed(label: str, *parts: Part, encoding: str = "json-array") -> Spec:
    """Return a good request with malformed fallbacks; its control has well-formed ones."""
    return fault(replace(PLAIN, label=label, extra=parts), control=with_fallbacks(encoding, MODEL))


MALFORMED = (
    malformed("fallbacks is broken JSON", text("fallbacks", '[{"provider":')),
    malformed("fallbacks is an array of numbers", text("fallbacks", "[1, 2]")),
    malformed("fallbacks without a model", text("fallbacks", '[{"provider": "openai"}]')),
)


@verifies("FALLBACKS-7")
@sends(MALFORMED)
def test_malformed_fallbacks_are_refused(exchange: Exchange, target: Target) -> None:
    if not target.failing_model:
        raise NotApplicable(
            "without a failing model the suite does not know whether the gateway understands"
            " fallbacks: name one with --failing-model"
        )
    if exchange.control is None or not exchange.control.ok:
        raise NotApplicable("the gateway does not accept a well-formed JSON array of fallbacks")
    expect(exchange).refused()


ODD_TYPES = tuple(
    beside_a_fault(f"fallbacks={readable(value)}, n=abc", extra=(text("fallbacks", value),))
    for value in (
        "null", "{}", "[null]", "[[]]", '"x"', "1", '[{"provider": 1, "model": 2}]',
        '[{"provider": {}, "model": []}]', '{"provider": "openai"}', "[" * 15_000,
    )
)  # fmt: skip


@verifies("FALLBACKS-8")
@sends(ODD_TYPES)
def test_fallbacks_of_odd_types_are_no_server_error(exchange: Exchange) -> None:
    answered_like_its_control(exchange)


@verifies("FALLBACKS-8")
@sends(
    [
        *(either(replace(m, control=None, same_picture_as=PLAIN)) for m in MALFORMED),
        either(replace(PLAIN, label="fallbacks is empty", extra=(text("fallbacks", ""),))),
    ]
)
def test_malformed_fallbacks_are_no_server_error(exchange: Exchange) -> None:
    expect(exchange).answered()
