"""Gateways that refuse in another way than the reference does."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.differences import Variant
from conformance.reference.making import edit_refusal, finish, on_fault, on_form, shown, without
from conformance.reference.orders import order_of
from conformance.reference.values import Answer, Call, Caller, Fault, Form, Json, refuse

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour

DOCUMENTED = frozenset({"model", "image", "image[]", "n", "size", "response_format", "user"})


def _status(fault: Fault) -> Fault:
    return replace(fault, status=422) if fault.status == 400 else fault  # noqa: PLR2004 - RFC 9110


def _media_415(fault: Fault) -> Fault:
    return replace(fault, status=415) if fault.code == "invalid_media_type" else fault


def _forbidden(fault: Fault) -> Fault:
    return replace(fault, status=403, headers=()) if fault.status == 401 else fault  # noqa: PLR2004 - an HTTP status


def _terse_error(body: Json, _: Fault) -> Json:
    return {**without(body, "type", "event_id", "extra_fields"), "error": _message(body)}


def _message(body: Json) -> Json:
    return {"message": body["error"]["message"]}


def _strict(form: Form) -> Form:
    for part in form.parts:
        if part.name not in DOCUMENTED and not part.name.startswith("fallbacks"):
            raise refuse("the form has a field that is not documented", code="unknown_field")
    return form


def _no_stream(form: Form) -> Form:
    if (shown(form, "stream") or "false").lower() not in ("false", "0"):
        raise refuse("streaming is not supported", "stream")
    return form


def _no_events(answer: Answer, call: Call) -> Answer:
    if "text/event-stream" not in (call.header("accept") or "") or answer.status != 200:  # noqa: PLR2004 - an HTTP status
        return answer
    message = {"message": "streaming is not supported"}
    body = {"is_bifrost_error": False, "status_code": 406, "error": message}
    return replace(answer, status=406, body=json.dumps(body).encode())


def _null_error_keys(body: Json, _: Fault) -> Json:
    return {**body, "error": {"param": None, **body["error"]}, "type": None}


def _form_first(b: Behaviour) -> Behaviour:
    """Read the whole form before the credential, but for whether the model is known."""
    anyone = Caller("anyone", "anyone")
    lenient = replace(b, known_model=lambda model: model)

    def step(call: Call) -> Call:
        call = b.on_call(call)
        if call.method in b.methods:
            order_of(lenient, call, b.on_form(b.read_form(call.body, b.boundary_of(call))), anyone)
        return call

    return replace(b, on_call=step)


def _only_strings(form: Form) -> tuple[str, ...]:
    """Return the fallbacks of one JSON array of `provider/model` texts; nothing else is understood."""
    try:
        found = json.loads(form.last("fallbacks") or b"")
    except ValueError:
        return ()
    plain = isinstance(found, list) and all(isinstance(one, str) for one in found)
    return tuple(found) if plain else ()


def _only_dotted(form: Form) -> tuple[str, ...]:
    """Return the fallbacks of `fallbacks[0].model`, and refuse every other encoding."""
    parts = {p.name: p.content.decode("utf-8", "replace") for p in form.parts}
    named = [name for name in parts if name.startswith("fallbacks")]
    if any(not name.startswith("fallbacks[") or "]." not in name for name in named):
        raise refuse("fallbacks must be written as fallbacks[0].model", "fallbacks")
    models = sorted(name for name in named if name.endswith(".model"))
    return tuple(f"{parts[n.removesuffix('model') + 'provider']}/{parts[n]}" for n in models)


def _unauthorized_400(fault: Fault) -> Fault:
    return replace(fault, status=400, headers=()) if fault.status == 401 else fault  # noqa: PLR2004 - an HTTP status


VARIANTS = (
    Variant("refuses-with-422", "A bad field is answered with 422.", on_fault(_status)),
    Variant("refuses-media-with-415", "A wrong media type gets 415.", on_fault(_media_415)),
    Variant("forbids-with-403", "A bad credential gets 403.", on_fault(_forbidden)),
    Variant("terse-error", "The envelope has what must be there only.", edit_refusal(_terse_error)),
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
        "null-error-keys",
        "An error has null for what it has no value for.",
        edit_refusal(_null_error_keys),
        warns=("ERROR-6",),
    ),
    Variant(
        "form-before-credential",
        "A bad form is refused for what it holds, whoever sends it.",
        _form_first,
    ),
    Variant(
        "fallbacks-as-strings-only",
        "Fallbacks are one JSON array of provider/model; other encodings mean nothing.",
        lambda b: replace(b, read_fallbacks=_only_strings),
    ),
    Variant(
        "fallbacks-dotted-only",
        "Fallbacks are fallbacks[0].model and so on; other encodings are refused.",
        lambda b: replace(b, read_fallbacks=_only_dotted),
    ),
    Variant("unauthorized-400", "A bad credential gets 400.", on_fault(_unauthorized_400)),
)
