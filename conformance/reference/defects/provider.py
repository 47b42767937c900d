"""Defects in what is sent to the provider: PROVIDER-1 to PROVIDER-13."""

from __future__ import annotations

import base64
import http.client
import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from PIL import Image

from conformance.reference.differences import Patch, observed
from conformance.reference.forwarding import PROVIDER_KEY, ROUTE, Heard, Outgoing, as_written, post
from conformance.reference.making import both, forwards, token_of
from conformance.reference.models import FAULTS

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour
    from conformance.reference.values import Headers, Json, Order, Part

BIG_FILE = 1_000_000
DEFAULT_SIZE = b"1024x1024"
PLACEHOLDER = json.dumps({"data": [{"url": "http://127.0.0.1/placeholder.png"}]}).encode()


def _last_image(part: Part, order: Order) -> Part:
    several = order.form.named("image[]")
    return several[-1] if several else part


def _cut(part: Part, _: Order) -> Part:
    half = part.content[: len(part.content) // 2]
    return replace(part, content=half) if len(part.content) > BIG_FILE else part


def _written_anew(part: Part, _: Order) -> Part:
    out = io.BytesIO()
    Image.open(io.BytesIO(part.content)).convert("RGB").save(out, "PNG", optimize=True)
    return replace(part, content=out.getvalue())


def _edited(name: str, value: bytes | None = None, renamed: str = "") -> Patch:
    """Leave out a field, or only a value of it, or give it another name."""

    def edit(outgoing: Outgoing, _: Order) -> Outgoing:
        parts = []
        for part in outgoing.parts:
            hit = part.name == name and value in (None, part.content)
            if not hit:
                parts.append(part)
            elif renamed:
                parts.append(replace(part, name=renamed))
        return replace(outgoing, parts=tuple(parts))

    return forwards(edit=edit)


def _repeated(items: list[Json], order: Order) -> list[Json]:
    return items[:1] * order.n


def _other_format(outgoing: Outgoing, order: Order) -> Outgoing:
    if order.response_format == "url":
        return outgoing
    kept = tuple(p for p in outgoing.parts if p.name != "response_format")
    return replace(outgoing, parts=kept)


def _fetched(items: list[Json], order: Order) -> list[Json]:
    if order.response_format == "url":
        return items
    return [{"b64_json": base64.b64encode(_get(item["url"])).decode()} for item in items]


def _get(url: str) -> bytes:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=1)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().read()
    finally:
        connection.close()


def _fallback_first(b: Behaviour) -> Behaviour:
    def order(model: str, others: tuple[str, ...]) -> tuple[str, ...]:
        return (model, *others) if FAULTS in model else (*others[:1], model)

    return replace(b, models_to_try=order)


def _asked_anyway(provider: str, headers: Headers, body: bytes) -> None:
    kind = next((v for k, v in headers if k == "content-type"), "")
    if kind.startswith("multipart/form-data"):
        own = (("Authorization", f"Bearer {PROVIDER_KEY}"), ("Content-Type", kind))
        post(provider + ROUTE, own, body, 1)


def _with_clients_key(outgoing: Outgoing, order: Order) -> Outgoing:
    given = order.call.header("authorization") or ""
    return replace(outgoing, headers=(*outgoing.headers, ("X-Client-Authorization", given)))


def _with_clients_key_coded(outgoing: Outgoing, order: Order) -> Outgoing:
    coded = base64.b64encode(f"client:{token_of(order.call)}".encode()).decode()
    return replace(outgoing, headers=(*outgoing.headers, ("X-Forwarded-Authorization", coded)))


def _decoded_name(part: Part) -> bytes:
    raw = unquote(part.file_name or "").encode()
    return as_written(part).replace((part.file_name or "\0").encode(), raw)


def _placeholder(heard: Heard) -> Heard:
    return Heard(200, body=PLACEHOLDER) if heard.status == 503 else heard  # noqa: PLR2004 - RFC 9110 §15.6.4


DEFECTS = (
    observed(
        "last-image-forwarded",
        "Of several image[] the last one is sent to the provider.",
        ("PROVIDER-1",),
        forwards(image_sent=_last_image),
    ),
    observed(
        "image-truncated",
        "A picture of more than a megabyte reaches the provider cut in half.",
        ("PROVIDER-1",),
        forwards(image_sent=_cut),
    ),
    observed(
        "image-written-anew",
        "The picture is decoded and encoded again.",
        ("PROVIDER-2",),
        forwards(image_sent=_written_anew),
    ),
    observed(
        "n-not-sent-on",
        "One picture is asked for, and repeated n times.",
        ("PROVIDER-3",),
        both(_edited("n"), forwards(on_items=_repeated)),
    ),
    observed(
        "asks-twice",
        "Every call to the provider is made twice.",
        ("PROVIDER-3",),
        forwards(shares=lambda n: (n, n), on_items=lambda items, order: items[: order.n]),
    ),
    observed(
        "default-size-left-out",
        "The size that the provider takes by default is left out.",
        ("PROVIDER-4",),
        _edited("size", DEFAULT_SIZE),
    ),
    observed(
        "format-converted",
        "Base64 is made of the provider's urls, which are asked for instead.",
        ("PROVIDER-5",),
        forwards(edit=_other_format, on_items=_fetched),
    ),
    observed(
        "user-renamed",
        "user reaches the provider as user_id.",
        ("PROVIDER-6",),
        _edited("user", renamed="user_id"),
    ),
    observed("user-dropped", "user does not reach the provider.", ("PROVIDER-6",), _edited("user")),
    observed(
        "prefix-kept",
        "The model reaches the provider with its provider's name.",
        ("PROVIDER-7",),
        forwards(model_sent=lambda model: model),
    ),
    observed(
        "fallback-asked-though-healthy",
        "The first fallback is asked before a primary that works.",
        ("PROVIDER-8",),
        _fallback_first,
    ),
    observed(
        "fallbacks-in-reverse",
        "Fallbacks are asked from the last to the first.",
        ("PROVIDER-9",),
        lambda b: replace(b, models_to_try=lambda model, others: (model, *others[::-1])),
    ),
    observed(
        "provider-503-is-success",
        "A provider's 503 becomes a 200 with a placeholder.",
        ("PROVIDER-9", "PROVIDER-14"),
        forwards(on_heard=_placeholder),
        causes=2,
    ),
    observed(
        "refused-after-the-provider",
        "A form is sent to the provider before it is refused.",
        ("PROVIDER-10",),
        forwards(on_refused=_asked_anyway),
    ),
    observed(
        "clients-key-sent-on",
        "The client's credential goes to the provider in a header.",
        ("PROVIDER-11",),
        forwards(edit=_with_clients_key),
    ),
    observed(
        "clients-key-sent-on-as-basic",
        "The client's credential goes to the provider in a header, in base64.",
        ("PROVIDER-11",),
        forwards(edit=_with_clients_key_coded),
    ),
    observed(
        "crlf-in-file-name-sent-on",
        "A file name is decoded and written raw into the part's header.",
        ("PROVIDER-13", "PROVIDER-19"),
        forwards(head_of=_decoded_name),
        causes=2,
    ),
)
