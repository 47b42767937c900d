"""Defects in what makes two requests the same for the cache: CACHE."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.behaviour import cache_key
from conformance.reference.differences import Defect
from conformance.reference.making import cache_by
from conformance.reference.models import MODELS, known_model

if TYPE_CHECKING:
    from collections.abc import Hashable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.values import Order


def _by_corner(order: Order) -> Hashable:
    part = next(p for p in order.form.parts if p.name in ("image", "image[]"))
    return (cache_key(order, without="image"), part.content[:24])


def _by_known_model(order: Order) -> Hashable:
    provider, _, name = order.model.partition("/")
    known = name if name in MODELS.get(provider, ()) else "dall-e-2"
    return (cache_key(order, without="model"), provider, known)


def _default_for_unknown(b: Behaviour) -> Behaviour:
    """Look a model up only when it is asked, after the cache."""

    def ask(model: str) -> None:
        b.ask_provider(known_model(model))

    lenient = replace(b, known_model=lambda model: model, ask_provider=ask)
    return replace(lenient, cache_key=_by_known_model)


DEFECTS = (
    Defect(
        "cache-ignores-picture",
        "The cache's key lacks the picture.",
        ("CACHE-1",),
        cache_by(lambda order: cache_key(order, without="image")),
    ),
    Defect(
        "cache-compares-picture-header",
        "The cache's key has the first bytes of the picture only.",
        ("CACHE-1",),
        cache_by(_by_corner),
    ),
    Defect(
        "cache-ignores-n",
        "The cache's key lacks n.",
        ("CACHE-2",),
        cache_by(lambda order: cache_key(order, without="n")),
    ),
    Defect(
        "cache-ignores-size",
        "The cache's key lacks size.",
        ("CACHE-2",),
        cache_by(lambda order: cache_key(order, without="size")),
    ),
    Defect(
        "cache-ignores-model",
        "The cache's key lacks the model.",
        ("CACHE-2",),
        cache_by(lambda order: cache_key(order, without="model")),
    ),
    Defect(
        "cache-defaults-unknown-model",
        "The cache's key has the default model in the place of one that nobody has.",
        ("CACHE-2",),
        _default_for_unknown,
    ),
    Defect(
        "cache-ignores-format",
        "The cache's key lacks response_format.",
        ("CACHE-2",),
        cache_by(lambda order: cache_key(order, without="response_format")),
    ),
)
