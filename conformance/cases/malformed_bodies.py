"""Requests that no form can express: other media types, malformed bodies, arbitrary bytes."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from conformance.cases.spec import PLAIN, Body, Spec, fault
from conformance.http.request import Credential

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.http.form import Form


def raw(label: str, wire: Callable[[Form], Body], *, control: Spec = PLAIN) -> Spec:
    """Return the control with its body replaced, as a request that must be refused."""
    return fault(replace(control, label=label, wire=wire, variant=label), control=control)


def rewritten(label: str, shape: Callable[[Form], Form]) -> Spec:
    """Return the plain request with its form written in another way that must be accepted."""
    return replace(PLAIN, label=label, shape=shape, variant=label)


def _values(form: Form) -> dict[str, str]:
    """Return the form's fields as text; the picture in base64."""
    return {
        p.name: base64.b64encode(p.content).decode() if p.filename else p.content.decode()
        for p in form.parts
    }


def _json(form: Form) -> Body:
    return Body("application/json", json.dumps(_values(form)).encode())


def _urlencoded(form: Form) -> Body:
    return Body("application/x-www-form-urlencoded", urlencode(_values(form)).encode())


def _plain_text(form: Form) -> Body:
    lines = [f"{name}={value}" for name, value in _values(form).items()]
    return Body("text/plain; charset=utf-8", "\r\n".join(lines).encode())


def cut(label: str, place: Callable[[Form, bytes], int]) -> Spec:
    """Return the plain request with its body cut at a place; its Content-Length is that of the cut body."""

    def at_place(form: Form) -> Body:
        whole = form.encode()
        return Body(form.content_type(), whole[: place(form, whole)])

    return raw(label, at_place)


def _in_the_file(form: Form, whole: bytes) -> int:
    content = form.parts[-1].content
    return whole.rindex(content[-64:]) - len(content) // 2


def _closing(form: Form) -> int:
    """Return how many bytes the close-delimiter has, from its first hyphen to its CRLF."""
    return len(form.boundary) + 6


def _bare(boundary: str) -> Callable[[Form], Body]:
    return lambda form: Body(f"multipart/form-data; boundary={boundary}", form.encode())


def _unknown_boundary(form: Form) -> Body:
    other = f"another-one-than-{form.boundary[::-1]}"
    return Body(f"multipart/form-data; boundary={other}", form.encode())


def _only(form: Form, body: str) -> Body:
    return Body(form.content_type(), body.encode())


JSON = raw("JSON", _json)
URLENCODED = raw("urlencoded", _urlencoded)
PLAIN_TEXT = raw("plain text", _plain_text)
NO_CONTENT_TYPE = raw("no Content-Type", lambda form: Body(None, form.encode()))
MIXED = raw(
    "multipart/mixed",
    lambda form: Body(form.content_type().replace("form-data", "mixed"), form.encode()),
)
NO_BOUNDARY = raw("no boundary", lambda form: Body("multipart/form-data", form.encode()))
UNKNOWN_BOUNDARY = raw("a boundary that does not occur", _unknown_boundary)
EMPTY_BODY = raw("an empty body", lambda form: Body(form.content_type(), b""))
EMPTY_BOUNDARIES = tuple(
    replace(raw(f"boundary={written}", _bare(written)), profile="full") for written in ("", '""')
)
# RFC 2046 §5.1.1: a multipart body has at least one part, and each part its headers.
WITHOUT_ANY_PART = raw(
    "a form without any part", lambda form: _only(form, f"--{form.boundary}--\r\n")
)
WITHOUT_CONTENT = tuple(
    raw(label, wire)
    for label, wire in (
        ("a preamble alone", lambda form: _only(form, "This is a form.\r\n")),
        ("a line end alone", lambda form: _only(form, "\r\n")),
        ("a first delimiter alone", lambda form: _only(form, f"--{form.boundary}\r\n")),
        (
            "one part with neither header nor content",
            lambda form: _only(form, f"--{form.boundary}\r\n\r\n\r\n--{form.boundary}--\r\n"),
        ),
    )
)
# Cut here, the form has lost its picture, or a part of it.
CUTS = (
    cut("cut inside the file", _in_the_file),
    cut("cut in the first delimiter", lambda form, _: len(form.boundary) // 2),
    cut("cut in the first part's header", lambda _, whole: whole.index(b"form-data")),
    cut("cut in the file's header", lambda _, whole: whole.index(b"; filename") + 5),
    cut(
        "cut before the file's first byte", lambda form, whole: whole.index(form.parts[-1].content)
    ),
)
# Cut here, the form has its whole content.
ENDINGS = (
    cut("cut in the close-delimiter", lambda form, whole: len(whole) - _closing(form) + 8),
    cut("cut before the last two hyphens", lambda _, whole: len(whole) - 4),
)
UNCLOSED = raw(
    "no close-delimiter",
    lambda form: Body(form.content_type(), replace(form, closing="none").encode()),
)
# No request with a good credential sends this picture. A gateway that looks into its cache before it
# checks the credential would serve a cached picture with every bad credential.
NEVER_SERVED = "a picture that only bad credentials send"
WITHOUT_CREDENTIAL = replace(
    fault(PLAIN, control=PLAIN),
    label="no credential",
    credential=Credential(name=""),
    picture=NEVER_SERVED,
)


def laid_out(change: Callable[[bytes], bytes]) -> Callable[[Form], Body]:
    """Return a function that writes a form and then changes the bytes of its body."""
    return lambda form: Body(form.content_type(), change(form.encode()))


def shaped(change: Callable[[Form], Form]) -> Callable[[Form], Body]:
    """Return a function that changes a form and writes it, as bytes that no client would write."""
    return lambda form: Body(change(form).content_type(), change(form).encode())


def headed(label: str, change: Callable[[bytes], bytes]) -> Spec:
    """Return the plain request with the header lines of each of its parts changed."""
    return rewritten(label, lambda form: with_heads(form, change))


def with_heads(form: Form, change: Callable[[bytes], bytes]) -> Form:
    """Return the form with the header lines of each of its parts changed."""
    return replace(form, parts=tuple(replace(p, headers=change(p.head())) for p in form.parts))
