"""The models in the calls to the provider: the primary first, fallbacks only when it fails."""

import re
from collections.abc import Iterable
from dataclasses import replace

from conformance.cases.fallbacks import in_any_encoding
from conformance.cases.spec import MODEL, OTHER_FAILING_MODEL, RunFacts, Spec
from conformance.http.exchange import Exchange
from conformance.judging.declare import sends, verifies
from conformance.judging.ends import NotApplicable
from conformance.judging.expect import each, fail, some
from conformance.judging.forwarding import MADE, calls_of, makers, successes
from conformance.provider.faults import OTHER_FAILING
from conformance.target.target import Target


@verifies("PROVIDER-7", reads="provider calls")
def test_the_model_is_sent_without_its_provider(forwarded: list[Exchange], target: Target) -> None:
    each(
        (e, f"the client asked for {' or '.join(asked)}, the gateway for {call.model!r}")
        for e in some(successes(forwarded), MADE)
        if (asked := models_asked(e, target))
        for call in makers(e)
        if call.model not in names_of(asked, target)
    )


def models_asked(exchange: Exchange, target: Target) -> list[str]:
    """Return the models of a request and of its fallbacks; none where a gateway may choose another.

    Only `provider/model` in plain characters says by which name a provider knows it.
    """
    fields = exchange.request.fields
    asked = [value for name, value in fields if name == "model"]
    if len(asked) != 1 or not re.fullmatch(r"[!-.0-~]+/[!-~]*[!-.0-~]", asked[0]):
        return []
    if "catch-all-model" in target.declared and asked[0] != target.model:
        return []
    if not has_fallbacks(exchange):
        return asked
    known = (target.model, str(target.failing_model), OTHER_FAILING)
    told = " ".join(value for name, value in fields if name.startswith("fallbacks"))
    return asked + [model for model in known if model.rpartition("/")[2] in told]


def names_of(models: Iterable[str], target: Target) -> set[str]:
    """Return the names by which a provider may know these models."""
    return {
        target.deployment
        if model == target.model and target.deployment
        else model.partition("/")[2] or model
        for model in models
    }


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
    """Return the models that the gateway asked for an answer, in order; retries count once.

    A gateway may ask again after it answered: that is no part of how it came to its answer.
    """
    found: list[str] = []
    for call in exchange.calls or ():
        name = call.fault or call.model
        late = call.arrived_at > exchange.finished_at
        if call.settled and not late and (not found or found[-1] != name):
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
    if any(c.served and c.model.rpartition("/")[2] == primary for c in exchange.calls or ()):
        raise NotApplicable(
            f"the stand-in provider serves {target.failing_model} under the name of a good model:"
            " leave out --failing-model, since the stand-in has models that fail"
        )
    if len(found) != 3 or found[:2] != [primary, OTHER_FAILING]:
        fail(
            f"calls for {primary}, then {OTHER_FAILING}, then {target.model}; they were for {found}",
            exchange,
        )
