"""Defects in how fallbacks are read and tried: FALLBACKS."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.differences import Defect, observed
from conformance.reference.fields import fallbacks_of
from conformance.reference.making import crash, crash_on_form, edit_success
from conformance.reference.values import Refused

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour
    from conformance.reference.values import Form, Json, Order


def _lenient(form: Form) -> tuple[str, ...]:
    try:
        return fallbacks_of(form)
    except Refused:
        return ()


def _unhandled(form: Form) -> tuple[str, ...]:
    try:
        return fallbacks_of(form)
    except Refused:
        crash()


def _has(form: Form, start: str) -> bool:
    return any(part.name.startswith(start) for part in form.parts)


def _named_primary(body: Json, order: Order) -> Json:
    extra = {**body["extra_fields"], "provider": order.provider, "model_requested": order.model}
    return {**body, "model": order.model, "extra_fields": extra}


def _served_by_fallback(body: Json, order: Order) -> Json:
    # Only the name changes, because the fallback that a suite names may be unable to serve.
    served = order.fallbacks[0] if order.fallbacks and body["model"] == order.model else None
    return body if served is None else {**body, "model": served}


def _primary_again(b: Behaviour) -> Behaviour:
    return replace(b, models_to_try=lambda model, others: (model,) * (1 + len(others)))


DEFECTS = (
    Defect(
        "indexed-fallbacks-500",
        "fallbacks[0][provider] ends in a 500.",
        ("FALLBACKS-1",),
        crash_on_form(lambda form: _has(form, "fallbacks[0]")),
    ),
    Defect(
        "typed-fallbacks-500",
        "A fallback in a part of type application/json ends in a 500.",
        ("FALLBACKS-1",),
        crash_on_form(
            lambda form: any(
                part.name == "fallbacks" and part.content_type == "application/json"
                for part in form.parts
            )
        ),
    ),
    Defect(
        "fallback-serves-first",
        "The first fallback serves although the primary is healthy.",
        ("FALLBACKS-2",),
        edit_success(_served_by_fallback),
    ),
    Defect(
        "fallbacks-ignored",
        "Fallbacks are read and never tried.",
        ("FALLBACKS-3",),
        lambda b: replace(b, models_to_try=lambda model, _others: (model,)),
    ),
    observed(
        "no-fallback-asked",
        "No fallback is ever asked.",
        ("FALLBACKS-3",),
        lambda b: replace(b, models_to_try=lambda model, _others: (model,)),
    ),
    Defect(
        "asks-for-the-primary-again",
        "For each fallback the model of the primary is asked again, and nobody sees the calls.",
        ("FALLBACKS-3",),
        _primary_again,
    ),
    observed(
        "fallback-calls-for-the-primary",
        "For each fallback the provider is asked for the model of the primary again.",
        ("FALLBACKS-3", "FALLBACKS-6"),
        _primary_again,
    ),
    Defect(
        "fallback-hides-itself",
        "After a fallback the answer names the primary.",
        ("FALLBACKS-4",),
        edit_success(_named_primary),
    ),
    Defect(
        "all-failed-200",
        "When the primary and all fallbacks fail, a picture kept for that case is served.",
        ("FALLBACKS-5",),
        lambda b: replace(
            b, all_failed=lambda order, _fault: order.model if order.fallbacks else None
        ),
    ),
    Defect(
        "only-first-fallback-tried",
        "Only the first fallback is tried.",
        ("FALLBACKS-6",),
        lambda b: replace(b, models_to_try=lambda model, others: (model, *others[:1])),
    ),
    Defect(
        "malformed-fallbacks-ignored",
        "Malformed fallbacks are taken for none.",
        ("FALLBACKS-7",),
        lambda b: replace(b, read_fallbacks=_lenient),
    ),
    Defect(
        "malformed-fallbacks-500",
        "Malformed fallbacks end in a 500.",
        ("FALLBACKS-7", "FALLBACKS-8"),
        lambda b: replace(b, read_fallbacks=_unhandled),
    ),
)
