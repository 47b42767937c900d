"""Bodies of other media types that hold no picture file: what clients of JSON endpoints send here.

The documentation takes one media type. So each of these is refused, whatever a gateway reads in it.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from conformance.cases.malformed_bodies import raw
from conformance.cases.spec import Body, Spec

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.http.form import Form

# A name that no resolver knows (RFC 2606 §2), so that nothing is asked of anyone.
ELSEWHERE = "https://pictures.invalid/picture.png"
IN_TEXT = "data:image/png;base64,iVBORw0KGgo="
DEEP = 100_000


def _model(form: Form) -> str:
    return next(p.content.decode() for p in form.parts if p.name == "model")


def _json(label: str, **fields: Any) -> Spec:
    """Return a JSON object with the run's model and these fields."""
    return raw(
        label,
        lambda form: Body(
            "application/json", json.dumps({"model": _model(form), **fields}).encode()
        ),
    )


def _as(label: str, kind: str, content: Callable[[Form], bytes]) -> Spec:
    return raw(label, lambda form: Body(kind, content(form)))


def _no_object(text: str, label: str = "") -> Spec:
    return _as(label or f"JSON {text}", "application/json", lambda _: text.encode())


def _in_full(*specs: Spec) -> tuple[Spec, ...]:
    return tuple(replace(spec, profile="full") for spec in specs)


WITHOUT_PICTURE = (
    _json("JSON without a picture", n=1),
    _no_object("null"),
    *_in_full(
        _json("JSON that names a URL", image=ELSEWHERE),
        _json("JSON with a data: URL", image=IN_TEXT),
        _json("JSON with a list of pictures", image=[IN_TEXT]),
        _json("JSON with an object for a picture", image={"url": ELSEWHERE}),
        _json("JSON with a file id", image={"file_id": "file-7f3a"}),
        _no_object("{}"),
        _no_object("[]"),
        _no_object('"text"'),
        _no_object("{", "JSON that is cut off"),
        _no_object("", "an empty body as JSON"),
        _no_object("[" * DEEP, "JSON 100,000 lists deep"),
        _as(
            "urlencoded, without a picture",
            "application/x-www-form-urlencoded",
            lambda form: urlencode({"model": _model(form), "n": "1"}).encode(),
        ),
        _as("text without a picture", "text/plain", lambda form: f"model={_model(form)}".encode()),
        _as("the picture alone", "image/png", lambda form: form.parts[-1].content),
        _as(
            "the picture alone, as bytes",
            "application/octet-stream",
            lambda form: form.parts[-1].content,
        ),
        _as("a form that is called JSON", "application/json", lambda form: form.encode()),
        _as("a form that is called text", "text/plain", lambda form: form.encode()),
    ),
)
