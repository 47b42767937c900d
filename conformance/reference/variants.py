"""Gateways that differ from the reference and are right all the same, or are only warned of."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from conformance.reference.defects.making import (
    Patch,
    edit_extra,
    edit_item,
    edit_refusal,
    edit_success,
    finish,
    on_fault,
    on_form,
    shown,
    with_field,
    with_others_inside,
    without,
)
from conformance.reference.models import MODELS
from conformance.reference.values import Answer, Call, Fault, Form, Json, Order, refuse

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour

TWO_MEGABYTES = 2_000_000
MOST_AT_ONCE = 2
BRIEFLY_S = 0.01
SLOWLY_S = 0.05
FEW_SIZES = ("256x256", "512x512", "1024x1024")
DOCUMENTED = frozenset({"model", "image", "image[]", "n", "size", "response_format", "user"})


@dataclass(frozen=True)
class Variant:
    """A legitimately different gateway.

    `warns` are the SHOULDs that a suite warns of; `declare` is what its operator has to tell the
    suite, as arguments of `conformance run`. One that is `observed` differs in what it sends on.
    """

    id: str
    sentence: str
    patch: Patch
    warns: tuple[str, ...] = ()
    declare: tuple[str, ...] = ()
    observed: bool = False


def _status(fault: Fault) -> Fault:
    return replace(fault, status=422) if fault.status == 400 else fault  # noqa: PLR2004 - RFC 9110


def _media_415(fault: Fault) -> Fault:
    return replace(fault, status=415) if fault.code == "invalid_media_type" else fault


def _forbidden(fault: Fault) -> Fault:
    return replace(fault, status=403, headers=()) if fault.status == 401 else fault  # noqa: PLR2004 - an HTTP status


def _terse(body: Json, _: Order) -> Json:
    keys = ("url", "b64_json")
    items = [{key: item[key] for key in keys if key in item} for item in body["data"]]
    return {"data": items}


def _more_keys(body: Json, _: Order) -> Json:
    items = [{**item, "safety": {"score": 0.1}} for item in body["data"]]
    return {**body, "data": items, "object": "list", "x_trace": ["a", None]}


def _terse_error(body: Json, _: Fault) -> Json:
    return {**without(body, "type", "event_id", "extra_fields"), "error": _message(body)}


def _message(body: Json) -> Json:
    return {"message": body["error"]["message"]}


def _signed_url(base_url: str, picture_id: str, _: Order) -> str:
    signature = base64.urlsafe_b64encode(picture_id.encode() * 12).decode()
    query = f"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=3600&X-Amz-Signature={signature}"
    return f"{base_url}/files/{picture_id}?{query}&response-content-type=image%2Fpng"


def _strict(form: Form) -> Form:
    for part in form.parts:
        if part.name not in DOCUMENTED and not part.name.startswith("fallbacks"):
            raise refuse("the form has a field that is not documented", code="unknown_field")
    return form


def _no_stream(form: Form) -> Form:
    if (shown(form, "stream") or "false").lower() not in ("false", "0"):
        raise refuse("streaming is not supported", "stream")
    return form


def _resolved(form: Form) -> Form:
    model = shown(form, "model") or ""
    return with_field(form, "model", f"openai/{MODELS['openai'][0]}") if _is_bare(model) else form


def _is_bare(model: str) -> bool:
    return bool(model) and "/" not in model and model.replace("-", "").isalnum()


def _no_events(answer: Answer, call: Call) -> Answer:
    if "text/event-stream" not in (call.header("accept") or "") or answer.status != 200:  # noqa: PLR2004 - an HTTP status
        return answer
    message = {"message": "streaming is not supported"}
    body = {"is_bifrost_error": False, "status_code": 406, "error": message}
    return replace(answer, status=406, body=json.dumps(body).encode())


def _named_by_deployment(body: Json, _: Order) -> Json:
    name = body["model"].partition("/")[2]
    extra = {**body["extra_fields"], "model_requested": name, "model_deployment": "prod-eu-1"}
    return {**body, "model": name, "extra_fields": extra}


def _cut_off(answer: Answer, _: Call) -> Answer:
    return replace(answer, dropped=True) if answer.status == 413 else answer  # noqa: PLR2004 - an HTTP status


def _both_keys(item: Json, _: Order) -> Json:
    return {"url": None, "b64_json": None, **item}


def _nulls(body: Json, _: Order) -> Json:
    return {**body, "background": None, "quality": None}


def _null_error_keys(body: Json, _: Fault) -> Json:
    return {**body, "error": {"param": None, **body["error"]}, "type": None}


def _in_other_case(extra: Json, _: Order) -> Json:
    return {**extra, "provider": str(extra["provider"]).upper()}


def _pretty(body: Json) -> bytes:
    return json.dumps(body, indent=2, ensure_ascii=False).encode() + b"\n"


def _unauthorized_400(fault: Fault) -> Fault:
    return replace(fault, status=400, headers=()) if fault.status == 401 else fault  # noqa: PLR2004 - an HTTP status


def _third_later(before: int) -> None:
    if before >= MOST_AT_ONCE:
        later = (("Retry-After", "1"),)
        raise refuse("too many at once", status=429, code="rate_limit_exceeded", headers=later)


def _encoded(encoding: str) -> Patch:
    return lambda b: replace(b, picture_encoding=encoding)


def _no_login(b: Behaviour) -> Behaviour:
    return replace(b, authenticates=False)


VARIANTS: tuple[Variant, ...] = (
    Variant("refuses-with-422", "A bad field is answered with 422.", on_fault(_status)),
    Variant("refuses-media-with-415", "A wrong media type gets 415.", on_fault(_media_415)),
    Variant("forbids-with-403", "A bad credential gets 403.", on_fault(_forbidden)),
    Variant(
        "terse-success",
        "A success has data and nothing else.",
        edit_success(_terse),
        warns=("BODY-6",),
    ),
    Variant("terse-error", "The envelope has what must be there only.", edit_refusal(_terse_error)),
    Variant("more-keys", "A success has keys that are not documented.", edit_success(_more_keys)),
    Variant(
        "named-by-deployment",
        "The model is named without its provider.",
        edit_success(_named_by_deployment),
    ),
    Variant("jpeg-pictures", "The pictures are JPEG.", _encoded("jpeg")),
    Variant("webp-pictures", "The pictures are WebP.", _encoded("webp")),
    Variant(
        "signed-urls",
        "The urls have a long signed query.",
        lambda b: replace(b, picture_url=_signed_url),
    ),
    Variant("strict-fields", "A field that is not documented is refused.", on_form(_strict)),
    Variant("refuses-stream", "The field stream is refused.", on_form(_no_stream)),
    Variant(
        "refuses-event-streams",
        "Accept: text/event-stream is refused with 406.",
        finish(_no_events),
    ),
    Variant(
        "methods-404",
        "Other methods are answered with 404.",
        lambda b: replace(b, method_fault=Fault(404, "no such path", code="not_found")),
    ),
    Variant(
        "closes-connections",
        "Every connection is closed after its answer.",
        lambda b: replace(b, closing=True),
    ),
    Variant("chunked-answers", "Answers come in chunks.", lambda b: replace(b, chunked=True)),
    Variant(
        "path-prefix",
        "The route is under /openai.",
        lambda b: replace(b, prefix="/openai"),
        declare=("--path", "/openai/v1/images/variations"),
    ),
    Variant(
        "no-authentication",
        "Nobody has to say who they are.",
        _no_login,
        declare=("--auth", "none"),
    ),
    Variant(
        "two-megabytes",
        "Bodies of more than two megabytes are answered with 413.",
        lambda b: replace(b, max_body=TWO_MEGABYTES),
    ),
    Variant(
        "cuts-large-uploads",
        "The connection is cut where a body has more than two megabytes.",
        lambda b: replace(finish(_cut_off)(b), max_body=TWO_MEGABYTES),
    ),
    Variant(
        "bare-models",
        "A model without a provider is found all the same.",
        on_form(_resolved),
        warns=("MODEL-2",),
    ),
    Variant(
        "two-at-once",
        "A third request in flight is answered with 429 and Retry-After.",
        with_others_inside(_third_later, BRIEFLY_S),
    ),
    Variant("slow", "Each answer takes a while.", lambda b: replace(b, thinking_s=SLOWLY_S)),
    Variant(
        "fewer-sizes",
        "The model lacks some of the documented sizes.",
        lambda b: replace(b, accepts_size=lambda size: size in FEW_SIZES),
        declare=("--sizes", ",".join(FEW_SIZES)),
    ),
    Variant(
        "four-at-most",
        "The model makes four pictures at most.",
        lambda b: replace(b, n_max=4),
        declare=("--max-n", "4"),
    ),
    Variant("both-keys", "An item has both keys, one of them null.", edit_item(_both_keys)),
    Variant(
        "null-keys",
        "A success has null for what it has no value for.",
        edit_success(_nulls),
        warns=("BODY-8",),
    ),
    Variant(
        "null-error-keys",
        "An error has null for what it has no value for.",
        edit_refusal(_null_error_keys),
        warns=("ERROR-6",),
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
    Variant("unauthorized-400", "A bad credential gets 400.", on_fault(_unauthorized_400)),
    Variant("no-cache", "Nothing is cached.", lambda b: replace(b, cache_key=lambda _: object())),
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
