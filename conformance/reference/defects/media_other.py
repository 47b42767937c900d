"""Defects in bodies of other types, in forms without parts, and in odd parts: MEDIA-2 to MEDIA-12."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.reference.differences import Defect
from conformance.reference.making import crash_on_call, on_call, stand_in
from conformance.reference.reading import boundary, kind, refused_form

if TYPE_CHECKING:
    from conformance.reference.values import Call

MINUTES_S = 300.0


def _json(call: Call) -> Any:
    try:
        return json.loads(call.body) if kind(call) == "application/json" else ""
    except (ValueError, RecursionError):
        return ""


def _is_json_without_picture(call: Call) -> bool:
    read = _json(call)
    return isinstance(read, dict) and "model" in read and "image" not in read


def _has_no_part(call: Call) -> bool:
    named = boundary(call)
    return bool(named) and call.body == b"--" + named + b"--\r\n"


def _is_empty_form(call: Call) -> bool:
    return call.method == "POST" and not call.body and kind(call) == "multipart/form-data"


DEFECTS = (
    Defect(
        "json-without-picture-accepted",
        "JSON that holds a model and no picture is served.",
        ("MEDIA-2",),
        on_call(lambda call: stand_in(call) if _is_json_without_picture(call) else call),
    ),
    Defect(
        "json-null-500",
        "JSON that is no object ends in a 500.",
        ("MEDIA-2",),
        crash_on_call(lambda call: _json(call) is None),
    ),
    Defect(
        "picture-alone-accepted",
        "A picture that is the whole body is served.",
        ("MEDIA-2",),
        on_call(lambda call: stand_in(call) if kind(call) == "image/png" else call),
        profile="full",
    ),
    Defect(
        "empty-body-never-answered",
        "A form whose body is empty is never answered.",
        ("MEDIA-4",),
        lambda b: replace(b, reading_s=lambda call: MINUTES_S if _is_empty_form(call) else 0.0),
    ),
    Defect(
        "form-without-parts-500",
        "A form without any part ends in a 500.",
        ("MEDIA-12",),
        crash_on_call(_has_no_part),
    ),
    Defect(
        "part-type-parameters-refused",
        "A picture whose type has a parameter is refused.",
        ("MEDIA-11",),
        refused_form(
            lambda form: any(
                part.is_file and ";" in (part.content_type or "") for part in form.parts
            ),
            "not a picture's type",
        ),
    ),
    Defect(
        "part-type-case-sensitive",
        "A picture whose type is in capitals is refused.",
        ("MEDIA-11",),
        refused_form(
            lambda form: any(
                part.is_file and (part.content_type or "").startswith("IMAGE")
                for part in form.parts
            ),
            "not a picture's type",
        ),
    ),
    Defect(
        "space-before-part-header-500",
        "A part whose first header begins with white space ends in a 500.",
        ("MEDIA-12",),
        crash_on_call(lambda call: b"--" + boundary(call) + b"\r\n " in call.body),
    ),
    Defect(
        "unknown-content-encoding-500",
        "A body in a Content-Encoding that is not known ends in a 500.",
        ("MEDIA-12",),
        crash_on_call(lambda call: call.header("content-encoding") == "x-none"),
        profile="full",
    ),
)
