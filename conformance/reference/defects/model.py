"""Defects in how model is read: MODEL."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.differences import Defect
from conformance.reference.making import crash, crash_on_form, crash_on_text, edit_extra, shown
from conformance.reference.models import MODELS, known_model
from conformance.reference.values import Fault, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.differences import Patch
    from conformance.reference.values import Json, Order

DEFAULT = "openai/dall-e-2"
LONG = 100


def _read_as_default(when: Callable[[str | None], bool]) -> Patch:
    """Use the default model, where `when` is true of the given one."""
    return lambda b: replace(
        b, read_model=lambda model: DEFAULT if when(model) else b.read_model(model)
    )


def _served(known: Callable[[str], str]) -> Patch:
    """Look models up leniently, and name them in the answer as they were asked for."""
    return lambda b: replace(edit_extra(_as_asked)(b), known_model=known)


def _as_asked(extra: Json, order: Order) -> Json:
    asked = shown(order.form, "model") or ""
    if asked == order.model:
        return extra
    return {**extra, "provider": asked.partition("/")[0], "model_requested": asked}


def _is_bare(model: str | None) -> bool:
    return bool(model) and "/" not in str(model)


def _half_empty(model: str | None) -> bool:
    text = model or ""
    return text.count("/") == 1 and (text.startswith("/") or text.endswith("/"))


def _is_unknown(model: str) -> bool:
    """Return whether a known provider lacks this model; ROBUST-1 judges very long names."""
    provider, _, name = model.partition("/")
    return provider in MODELS and name not in MODELS[provider] and len(model) < LONG


def _unknown_model_served(model: str) -> str:
    provider = model.partition("/")[0]
    return f"{provider}/{MODELS[provider][0]}" if _is_unknown(model) else known_model(model)


def _unknown_provider_served(model: str) -> str:
    return known_model(model if model.partition("/")[0] in MODELS else DEFAULT)


def _unknown_model_500(model: str) -> str:
    return crash() if _is_unknown(model) else known_model(model)


def _unknown_provider_500(model: str) -> str:
    known = model.partition("/")[0] in MODELS
    # MODEL-3 and ROBUST-1 judge odd names.
    odd = model.count("/") > 1 or not model.isascii()
    return known_model(model) if known or odd else crash()


def _left_to_provider(model: str) -> str:
    if not _is_unknown(model):
        return known_model(model)
    raise Refused(
        Fault(
            502,
            "the provider answered 404",
            code="provider_error",
            type="provider_error",
            model=model,
            provider=model.partition("/")[0],
            by_provider=True,
        )
    )


DEFECTS = (
    Defect(
        "missing-model-defaulted",
        "Without a model a default one is used.",
        ("MODEL-1",),
        _read_as_default(lambda model: model is None),
    ),
    Defect(
        "empty-model-defaulted",
        "For an empty model a default one is used.",
        ("MODEL-1",),
        _read_as_default(lambda model: model == ""),
    ),
    Defect(
        "missing-model-500",
        "A request without a model ends in a 500.",
        ("MODEL-1",),
        crash_on_form(lambda form: shown(form, "model") is None),
    ),
    Defect(
        "bare-model-resolved",
        "A model without a provider is looked up with the first provider.",
        ("MODEL-2",),
        _read_as_default(_is_bare),
    ),
    Defect(
        "half-model-defaulted",
        "The missing half of a model is filled in.",
        ("MODEL-2",),
        _read_as_default(_half_empty),
    ),
    Defect(
        "bare-model-500",
        "A model without a slash ends in a 500.",
        ("MODEL-2", "MODEL-3"),
        crash_on_text("model", _is_bare),
    ),
    Defect(
        "many-slashes-500",
        "A model with several slashes ends in a 500.",
        ("MODEL-3",),
        crash_on_text("model", lambda model: model.count("/") > 1),
    ),
    Defect(
        "unknown-model-500",
        "An unknown model ends in a 500.",
        ("MODEL-3", "MODEL-5", "MODEL-6"),
        lambda b: replace(b, known_model=_unknown_model_500),
    ),
    Defect(
        "unknown-provider-served",
        "A model of an unknown provider is served by the default one.",
        ("MODEL-4", "MODEL-5"),
        _served(_unknown_provider_served),
    ),
    Defect(
        "unknown-model-served",
        "An unknown model is served by the provider's default one.",
        ("MODEL-5",),
        _served(_unknown_model_served),
    ),
    Defect(
        "unknown-model-502",
        "An unknown model is left to the provider, whose refusal becomes a 502.",
        ("MODEL-5",),
        lambda b: replace(b, known_model=_left_to_provider),
    ),
    Defect(
        "unknown-provider-500",
        "An unknown provider ends in a 500.",
        ("MODEL-5", "MODEL-6"),
        lambda b: replace(b, known_model=_unknown_provider_500),
    ),
)
