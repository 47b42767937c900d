"""Defects in the extra_fields of an answer to a good request: BODY-13 to BODY-17."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reference.differences import Defect
from conformance.reference.making import edit_extra, put_extra, without

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.differences import Patch
    from conformance.reference.values import Json, Order

PROVIDER_KEY = "sk-provider-0c7e5b1f93a84d26"


def _without_fallbacks(edit: Callable[[Json], Json]) -> Patch:
    # FALLBACKS-4 judges which model an answer names after a fallback.
    return edit_extra(lambda extra, order: extra if order.fallbacks else edit(extra))


def _hit(edit: Callable[[Json], Json]) -> Patch:
    def step(extra: Json, _: Order) -> Json:
        debug = extra.get("cache_debug")
        return extra if debug is None else {**extra, "cache_debug": edit(debug)}

    return edit_extra(step)


def _request_shown(extra: Json, order: Order) -> Json:
    return {
        **extra,
        "raw_request": {"model": order.model, "n": order.n},
        "raw_response": {"created": 0},
    }


def _request_with_key(extra: Json, order: Order) -> Json:
    headers = {"Authorization": f"Bearer {PROVIDER_KEY}"}
    return {**extra, "raw_request": {"model": order.model, "headers": headers}}


DEFECTS = (
    Defect("latency-negative", "latency is negative.", ("BODY-13",), put_extra(latency=-3)),
    Defect("chunk-index-one", "chunk_index is 1.", ("BODY-13",), put_extra(chunk_index=1)),
    Defect(
        "request-type-empty", "request_type is empty.", ("BODY-13",), put_extra(request_type="")
    ),
    Defect(
        "provider-wrong",
        "provider is not the one that was asked.",
        ("BODY-14",),
        _without_fallbacks(lambda extra: {**extra, "provider": "azure"}),
    ),
    Defect(
        "model-requested-wrong",
        "model_requested is not the model that was asked for.",
        ("BODY-14",),
        _without_fallbacks(lambda extra: {**extra, "model_requested": "openai/dall-e-3"}),
    ),
    Defect(
        "cache-id-missing",
        "A cache hit has no cache_id.",
        ("BODY-15",),
        _hit(lambda debug: without(debug, "cache_id")),
    ),
    Defect(
        "hit-type-empty",
        "A cache hit has an empty hit_type.",
        ("BODY-15",),
        _hit(lambda debug: {**debug, "hit_type": ""}),
    ),
    Defect(
        "similarity-below-threshold",
        "A cache hit's similarity is below the threshold.",
        ("BODY-15",),
        _hit(lambda debug: {**debug, "similarity": 0.5, "threshold": 0.8}),
    ),
    Defect(
        "raw-request-shown",
        "raw_request and raw_response are shown to the client.",
        ("BODY-16",),
        edit_extra(_request_shown),
    ),
    Defect(
        "raw-request-with-key",
        "raw_request is shown with the provider's key in it.",
        ("BODY-16", "BODY-17"),
        edit_extra(_request_with_key),
    ),
    Defect(
        "provider-key-shown",
        "The headers that went to the provider are shown with its key.",
        ("BODY-17",),
        put_extra(provider_headers={"x-api-key": PROVIDER_KEY}),
    ),
)
