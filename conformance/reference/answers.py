"""Writes the bodies of answers: the variations of a success, the envelope of an error."""

from __future__ import annotations

import json
import secrets
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conformance.reference.values import Fault, Json, Order

REQUEST_TYPE = "image_variation"
JSON_TYPE = "application/json"


def as_json(body: Json) -> bytes:
    """Return strict JSON in UTF-8."""
    return json.dumps(body, separators=(",", ":"), allow_nan=False).encode()


def success_body(
    order: Order, served: str, items: list[Json], *, pixels: tuple[int, int], encoding: str
) -> Json:
    """Return the body of a success, with every documented key that has a value."""
    asked = order.size if order.size not in (None, "auto") else None
    made = 85 * len(items)
    return {
        "id": f"img-{secrets.token_hex(12)}",
        "created": int(time.time()),
        "model": served,
        "data": items,
        "output_format": encoding,
        "size": asked or f"{pixels[0]}x{pixels[1]}",
        "usage": {
            "input_tokens": 88,
            "input_tokens_details": {"image_tokens": 85, "text_tokens": 3},
            "total_tokens": 88 + made,
            "output_tokens": made,
            "output_tokens_details": {"image_tokens": made, "text_tokens": 0},
        },
        "extra_fields": {
            "request_type": REQUEST_TYPE,
            "provider": served.partition("/")[0],
            "model_requested": served,
            "latency": 0,
            "chunk_index": 0,
        },
    }


def hit_body(body: Json, cache_id: str, order: Order) -> Json:
    """Return a remembered body, marked as the cache's."""
    extra = body["extra_fields"]
    name = order.model.partition("/")[2]
    debug = {
        "cache_hit": True,
        "cache_id": cache_id,
        "hit_type": "direct",
        "requested_provider": order.provider,
        "requested_model": name,
        "provider_used": extra["provider"],
        "model_used": str(extra["model_requested"]).partition("/")[2],
        "input_tokens": 0,
        "threshold": 1,
        "similarity": 1,
    }
    return {**body, "extra_fields": {**extra, "cache_debug": debug}}


def envelope(fault: Fault) -> Json:
    """Return the documented error body; keys without a value are absent."""
    event_id = secrets.token_hex(8)
    error: dict[str, Any] = {
        "type": fault.type,
        "code": fault.code,
        "message": fault.message,
        "param": fault.param,
        "event_id": event_id,
    }
    extra = {
        "provider": fault.provider,
        "model_requested": fault.model,
        "request_type": REQUEST_TYPE,
    }
    return {
        "event_id": event_id,
        "type": fault.type,
        "is_bifrost_error": True,
        "status_code": fault.status,
        "error": {key: value for key, value in error.items() if value is not None},
        "extra_fields": {key: value for key, value in extra.items() if value is not None},
    }
