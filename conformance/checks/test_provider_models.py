"""The models in the calls to the provider: the primary first, fallbacks only when it fails."""

from dataclasses import replace

from conformance.cases.fallbacks import in_any_encoding
from conformance.cases.spec import MODEL, OTHER_FAILING_MODEL, RunFacts, Spec
from conformance.http.exchange import Exchange
from conformance.judge.declare import sends, verifies
from conformance.judge.ends import NotApplicable
from conformance.judge.expect import each, fail, some
from conformance.judge.forwarding import MADE, calls_of, makers, successes
from conformance.provider.faults import OTHER_FAILING
from conformance.target.target import Target


@verifies("PROVIDER-7", reads="provider calls")
def test_the_model_is_sent_without_its_provider(forwarded: list[Exchange], target: Target) -> None:
    each(
        (e, f"the provider was asked for {call.model!r}")
        for e in some(successes(forwarded), MADE)
        for call in makers(e)
        if call.model not in names_of(target.model, target)
    )


def names_of(model: str, target: Target) -> tuple[str, ...]:
    """Return the names by which a provider may know a model."""
    if model == target.model and target.deployment:
        return (target.deployment,)
    return (model.partition("/")[2] or model,)


@verifies("PROVIDER-8", reads="provider calls")
def test_no_fallback_is_asked_while_the_primary_works(
    forwarded: list[Exchange], target: Target
) -> None:
    healthy = [
        e
        for e in successes(forwarded)
        if e.request.asked("model") == target.model and has_fallbacks(e)
    ]
    each(
        (e, f"a fallback was asked: {', '.join(models(e))}")
        for e in some(healthy, "success with fallbacks")
        if any(call.fault for call in e.calls or ())
    )


def has_fallbacks(exchange: Exchange) -> bool:
    return any(name.startswith("fallbacks") for name, _ in exchange.request.fields)


def models(exchange: Exchange) -> list[str]:
    """Return the models that the gateway asked for an answer, in order; retries count once."""
    found: list[str] = []
    for call in exchange.calls or ():
        name = call.fault or call.model
        if call.settled and (not found or found[-1] != name):
            found.append(name)
    return found


def in_order(run: RunFacts) -> list[Spec]:
    """Return a request with a failing primary, a failing fallback, and then the run's model."""
    (asked,) = in_any_encoding(run, OTHER_FAILING_MODEL, MODEL)
    return [replace(_ordered(asked), title="two fallbacks in their order")]


def _ordered(spec: Spec) -> Spec:
    after = _ordered(spec.otherwise) if spec.otherwise else None
    return replace(spec, provider_fault="order", otherwise=after)


@verifies("PROVIDER-9")
@sends(in_order)
def test_the_primary_and_its_fallbacks_are_asked_in_order(
    exchange: Exchange, target: Target
) -> None:
    calls_of(exchange)
    if not exchange.ok:
        raise NotApplicable(f"no fallback served, which FALLBACKS-3 judges: {exchange.outcome}")
    primary = str(target.failing_model).rpartition("/")[2]
    found = models(exchange)
    if len(found) != 3 or found[:2] != [primary, OTHER_FAILING]:
        fail(
            f"calls for {primary}, then {OTHER_FAILING}, then {target.model}; they were for {found}",
            exchange,
        )
