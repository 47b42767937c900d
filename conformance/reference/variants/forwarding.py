"""Gateways that send another request to their provider than the reference does."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from PIL import Image

from conformance.reference.differences import Patch, Variant
from conformance.reference.forwarding import fault_of, text_part
from conformance.reference.making import forwards, on_form, with_others_inside
from conformance.reference.models import MODELS
from conformance.reference.unchecked import leaves_fields_to_the_provider
from conformance.reference.variants.operation import BRIEFLY_S, resolved, third_later

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour
    from conformance.reference.forwarding import Heard, Outgoing
    from conformance.reference.values import Fault, Json, Order, Part

DEPLOYMENT = "our-dall-e"


def _own_fields(outgoing: Outgoing, _: Order) -> Outgoing:
    own = (text_part("quality", "standard"), text_part("x_gateway_request", "42"))
    headers = (*outgoing.headers, ("X-Gateway", "reference"))
    return replace(outgoing, headers=headers, parts=(*outgoing.parts, *own))


def _under_brackets(outgoing: Outgoing, _: Order) -> Outgoing:
    named = (replace(p, name="image[]") if p.name == "image" else p for p in outgoing.parts)
    return replace(outgoing, parts=tuple(named))


def _backwards(outgoing: Outgoing, _: Order) -> Outgoing:
    bare = (
        replace(p, file_name="blob", content_type=None) if p.is_file else p for p in outgoing.parts
    )
    return replace(outgoing, parts=tuple(bare)[::-1])


def _as(kind: str) -> Patch:
    def transcoded(part: Part, _: Order) -> Part:
        out = io.BytesIO()
        Image.open(io.BytesIO(part.content)).convert("RGB").save(out, kind, quality=80)
        return replace(part, content=out.getvalue(), content_type=f"image/{kind.lower()}")

    return forwards(image_sent=transcoded)


def _bytes_wanted(outgoing: Outgoing, _: Order) -> Outgoing:
    others = tuple(p for p in outgoing.parts if p.name != "response_format")
    return replace(outgoing, parts=(*others, text_part("response_format", "b64_json")))


def _data_urls(items: list[Json], order: Order) -> list[Json]:
    if order.response_format == "b64_json":
        return items
    return [{"url": _hosted(item["b64_json"])} for item in items]


def _hosted(encoded: str) -> str:
    # A data: url holds the picture, so that no store of pictures is needed.
    assert base64.b64decode(encoded)
    return f"data:image/png;base64,{encoded}"


def _named(model: str) -> str:
    name = model.partition("/")[2]
    return DEPLOYMENT if name == "dall-e-2" else name


def _clients_host(outgoing: Outgoing, order: Order) -> Outgoing:
    host = order.call.header("host") or ""
    return replace(outgoing, headers=(*outgoing.headers, ("Host", host)))


def _leaves_models_to_the_provider(b: Behaviour) -> Behaviour:
    def known(model: str) -> str:
        return model if model.partition("/")[0] in MODELS else b.known_model(model)

    return replace(b, known_model=known)


def _all_502(heard: Heard) -> Fault:
    fault = fault_of(heard)
    return replace(fault, status=502) if fault.status != 429 else fault  # noqa: PLR2004 - RFC 6585 §4


def _quoting(heard: Heard) -> Fault:
    """Take the message of the provider's error, wherever it stands, and no page."""
    fault = fault_of(heard)
    try:
        body = json.loads(heard.body)
    except ValueError:
        return fault
    told = body.get("error", body.get("message", "")) if isinstance(body, dict) else ""
    message = told.get("message") if isinstance(told, dict) else told
    return replace(fault, message=message) if heard.status != 200 and message else fault  # noqa: PLR2004 - RFC 9110 §15.3.1


def _more_fields(outgoing: Outgoing, _: Order) -> Outgoing:
    own = (text_part("output_format", "png"), text_part("background", "auto"))
    return replace(outgoing, parts=(*outgoing.parts, *own))


def _seen(
    id_: str,
    sentence: str,
    patch: Patch,
    warns: tuple[str, ...] = (),
    declare: tuple[str, ...] = (),
) -> Variant:
    return Variant(id_, sentence, patch, warns, declare, observed=True)


VARIANTS = (
    _seen("forwards", "Everything is made by a provider.", lambda b: b),
    _seen(
        "retries-twice",
        "A provider that fails is asked twice more, and then succeeds or not.",
        forwards(tries=3, timeout_s=1.2),
    ),
    _seen("adds-fields", "Fields and a header of its own are sent on.", forwards(edit=_own_fields)),
    _seen(
        "sends-image-brackets",
        "The picture is sent on under image[].",
        forwards(edit=_under_brackets),
    ),
    _seen(
        "writes-the-form-anew",
        "The form is sent on in another order, the picture under another file name.",
        forwards(edit=_backwards),
    ),
    _seen("fans-out", "n pictures are n calls for one.", forwards(shares=lambda n: (1,) * n)),
    _seen(
        "transcodes-to-jpeg",
        "The picture is sent on as JPEG.",
        _as("JPEG"),
        warns=("PROVIDER-2",),
    ),
    _seen(
        "transcodes-to-png",
        "The picture is written anew as PNG.",
        _as("PNG"),
        warns=("PROVIDER-2",),
    ),
    _seen(
        "rehosts",
        "The bytes are asked for, and urls are its own.",
        forwards(edit=_bytes_wanted, on_items=_data_urls),
        warns=("FORMAT-3",),
    ),
    _seen(
        "deploys",
        "The provider knows the model under another name.",
        forwards(model_sent=_named),
        declare=("--deployment", DEPLOYMENT),
    ),
    _seen(
        "keeps-the-clients-host",
        "The provider gets the Host header of the client.",
        forwards(edit=_clients_host),
    ),
    _seen(
        "leaves-models-to-the-provider",
        "Whether there is such a model, its provider says.",
        _leaves_models_to_the_provider,
    ),
    _seen(
        "leaves-fields-to-the-provider",
        "n, size and response_format are sent on unchecked, and the provider refuses them.",
        leaves_fields_to_the_provider,
        warns=("PROVIDER-10",),
    ),
    _seen(
        "limits-before-the-provider",
        "A third request in flight is answered with 429 and Retry-After, and never sent on.",
        with_others_inside(third_later, BRIEFLY_S),
    ),
    _seen(
        "bare-models-sent-on",
        "A model without a provider is found all the same, and sent on.",
        on_form(resolved),
        warns=("MODEL-2",),
    ),
    _seen(
        "always-fails-at-the-provider",
        "The model that its operator names as failing is one of the provider's.",
        lambda b: b,
        declare=("--failing-model", "openai/always-fails"),
    ),
    _seen(
        "quotes-the-provider",
        "The message of an error is the provider's, where it has one.",
        forwards(fault_of=_quoting),
    ),
    _seen(
        "asks-for-a-format",
        "The provider is asked for PNG on a plain ground, which the client did not say.",
        forwards(edit=_more_fields),
    ),
    _seen(
        "no-fallback-after-a-refusal",
        "After a provider's 400 no fallback is asked: the request is at fault.",
        lambda b: replace(b, tries_next=lambda fault: fault.status != 400),  # noqa: PLR2004 - RFC 9110 §15.5.1
    ),
    _seen(
        "all-failures-502",
        "What the provider fails at is a 502, but for 429.",
        forwards(fault_of=_all_502),
    ),
)
