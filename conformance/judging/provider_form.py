"""Reads a call to the provider as a provider of this API does: what would it refuse, what is surplus?

What the client sent in the same way itself does not count: a gateway may pass that on.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.provider.arrival import TEXTS, read_body

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.http.provider_call import Call, Part
    from conformance.http.request import Request

FORM = "multipart/form-data"
# What a client may type a picture as; without a type the provider looks at the bytes.
PICTURE_TYPES = re.compile(r"image/[\w.+-]+|application/octet-stream|binary/octet-stream")
# Fields that say something to a gateway, and nothing to a provider of this API.
GATEWAYS_OWN = frozenset(
    {"fallback", "provider", "stream", "virtual_key", "api_key", "api_base", "base_url"}
    | {"extra_body", "extra_param", "extra_field", "extra_header"}
)
DECIMAL = re.compile(r"[0-9]+", re.ASCII)


def unreadable(call: Call, request: Request) -> Iterator[str]:
    """Yield what a provider would refuse in the form of a call, whatever its values are."""
    found = [*_unreadable(call, request)]
    if found and _is_readable(request):
        yield from found


def _is_readable(request: Request) -> bool:
    kind = next((v for k, v in request.headers if k.lower() == "content-type"), "")
    _, _, problem = read_body(request.body, kind)
    return kind.lower().startswith(FORM) and not problem


def _unreadable(call: Call, request: Request) -> Iterator[str]:
    if call.path.partition("?")[0].endswith("/variations") and call.media_type != FORM:
        yield f"the body is {call.media_type or 'of no type'}, and no {FORM}"
        return
    if call.problem:
        yield call.problem
        return
    for picture in call.pictures[:1]:
        yield from _no_upload(picture, request)
    for name in sorted(TEXTS):
        yield from _no_text(call, name, request)


def _no_upload(picture: Part, request: Request) -> Iterator[str]:
    kind = (picture.content_type or "").partition(";")[0].strip().lower()
    if not picture.file_name and b"filename" in request.body:
        yield f"the picture in {picture.name} has no file name, so it is a text and no file"
    if kind and not PICTURE_TYPES.fullmatch(kind) and kind.encode() not in request.body.lower():
        yield f"the picture is typed {kind}"


def _no_text(call: Call, name: str, request: Request) -> Iterator[str]:
    found = [p for p in call.parts if p.name == name]
    given = sum(key == name for key, _ in request.fields)
    if len(found) > max(given, 1):
        yield f"{name} is there {len(found)} times"
    if any(p.file_name is not None for p in found):
        yield f"{name} is sent as a file"
    asked = request.asked(name) or ""
    if name == "n" and DECIMAL.fullmatch(asked):
        yield from (f"n is {p.value!r}" for p in found if not DECIMAL.fullmatch(p.value))


def surplus(call: Call, request: Request) -> Iterator[str]:
    """Yield what a call has beyond what it asks for: more pictures, fields of the gateway's, empty ones."""
    if len(call.pictures) > 1 and call.path.partition("?")[0].endswith("/variations"):
        yield f"{len(call.pictures)} pictures, of which one can be varied"
    sent = {name for name, _ in request.fields}
    for part in call.parts:
        word = re.split(r"[\[.]", part.name)[0].removesuffix("s")
        if word in GATEWAYS_OWN and (word == "fallback" or part.name not in sent):
            yield f"the field {part.name}, which is the gateway's"
        elif not part.is_file and not part.value and part.name not in sent:
            yield f"the field {part.name}, which is empty"
