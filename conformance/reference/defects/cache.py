"""Defects in what makes two requests the same for the cache: CACHE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reference.behaviour import cache_key
from conformance.reference.differences import Defect
from conformance.reference.making import cache_by

if TYPE_CHECKING:
    from collections.abc import Hashable

    from conformance.reference.values import Order


def _by_corner(order: Order) -> Hashable:
    part = next(p for p in order.form.parts if p.name in ("image", "image[]"))
    return (cache_key(order, without="image"), part.content[:24])


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
        "cache-ignores-format",
        "The cache's key lacks response_format.",
        ("CACHE-2",),
        cache_by(lambda order: cache_key(order, without="response_format")),
    ),
)
