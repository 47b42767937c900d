"""Gateways whose answer to a good request has another shape."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.compressing import chosen, in_coding
from conformance.reference.differences import Patch, Variant
from conformance.reference.making import edit_extra, edit_item, edit_success, finish

if TYPE_CHECKING:
    from conformance.reference.values import Answer, Call, Json, Order

# As a photograph has them that is no smaller as PNG; IHDR comes first in one (PNG §5.6).
LARGE_BYTES, IHDR_END = 2_250_000, 33


def _terse(body: Json, _: Order) -> Json:
    keys = ("url", "b64_json")
    items = [{key: item[key] for key in keys if key in item} for item in body["data"]]
    return {"data": items}


def _more_keys(body: Json, _: Order) -> Json:
    items = [{**item, "safety": {"score": 0.1}} for item in body["data"]]
    usage = {**body["usage"], "prompt_tokens": body["usage"]["input_tokens"]}
    return {**body, "data": items, "usage": usage, "object": "list", "x_trace": ["a", None]}


def _signed_url(base_url: str, picture_id: str, _: Order) -> str:
    signature = base64.urlsafe_b64encode(picture_id.encode() * 12).decode()
    query = f"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=3600&X-Amz-Signature={signature}"
    return f"{base_url}/files/{picture_id}?{query}&response-content-type=image%2Fpng"


def _named_by_deployment(body: Json, _: Order) -> Json:
    name = body["model"].partition("/")[2]
    extra = {**body["extra_fields"], "model_requested": name, "model_deployment": "prod-eu-1"}
    return {**body, "model": name, "extra_fields": extra}


def _both_keys(item: Json, _: Order) -> Json:
    return {"url": None, "b64_json": None, **item}


@functools.cache
def _padding() -> bytes:
    """Return bytes that do not compress, as a private chunk of a PNG that readers skip (PNG §14.2)."""
    data = b"paDd" + hashlib.shake_256(b"padding").digest(LARGE_BYTES)
    return LARGE_BYTES.to_bytes(4, "big") + data + zlib.crc32(data).to_bytes(4, "big")


def _large(item: Json, _: Order) -> Json:
    if "b64_json" not in item:
        return item
    content = base64.b64decode(item["b64_json"])
    padded = content[:IHDR_END] + _padding() + content[IHDR_END:]
    return {**item, "b64_json": base64.b64encode(padded).decode()}


def _nulls(body: Json, _: Order) -> Json:
    return {**body, "background": None, "quality": None}


def _in_other_case(extra: Json, _: Order) -> Json:
    return {**extra, "provider": str(extra["provider"]).upper()}


def _pretty(body: Json) -> bytes:
    return json.dumps(body, indent=2, ensure_ascii=False).encode() + b"\n"


def _encoded(encoding: str) -> Patch:
    return lambda b: replace(b, picture_encoding=encoding)


def _compressed(answer: Answer, call: Call) -> Answer:
    """Compress where the client allows it; without Accept-Encoding it allows every coding."""
    accepted = call.header("accept-encoding")
    coding = chosen("deflate" if accepted is None else accepted)
    return in_coding(answer, coding) if coding else answer


VARIANTS = (
    Variant(
        "terse-success",
        "A success has data and nothing else.",
        edit_success(_terse),
        warns=("BODY-6",),
    ),
    Variant("more-keys", "A success has keys that are not documented.", edit_success(_more_keys)),
    Variant(
        "named-by-deployment",
        "The model is named without its provider.",
        edit_success(_named_by_deployment),
    ),
    Variant("jpeg-pictures", "The pictures are JPEG.", _encoded("jpeg")),
    Variant(
        "large-pictures", "The pictures have three megabytes of base64 each.", edit_item(_large)
    ),
    Variant("webp-pictures", "The pictures are WebP.", _encoded("webp")),
    Variant(
        "signed-urls",
        "The urls have a long signed query.",
        lambda b: replace(b, picture_url=_signed_url),
    ),
    Variant("both-keys", "An item has both keys, one of them null.", edit_item(_both_keys)),
    Variant(
        "null-keys",
        "A success has null for what it has no value for.",
        edit_success(_nulls),
        warns=("BODY-8",),
    ),
    Variant(
        "provider-in-capitals",
        "The provider is named in another case.",
        edit_extra(_in_other_case),
    ),
    Variant(
        "pretty-json",
        "JSON is indented, and says its charset.",
        lambda b: replace(
            b, render_success=_pretty, success_type="application/json; charset=utf-8"
        ),
    ),
    Variant(
        "compresses-answers",
        "Answers are compressed where the client allows it, and come in chunks.",
        lambda b: replace(finish(_compressed)(b), chunked=True),
    ),
    Variant(
        "auto-is-large",
        "Without a size the pictures have 1024 x 1024 pixels.",
        lambda b: replace(
            b,
            pixels_for=lambda size: b.pixels_for(
                "1024x1024" if size == "auto" else size or "1024x1024"
            ),
        ),
    ),
)
