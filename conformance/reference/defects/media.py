"""Defects in how the media type and the delimiters of the body are read: MEDIA-1 to MEDIA-6."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.differences import Defect
from conformance.reference.making import crash_on_call, on_call, sniffed, stand_in
from conformance.reference.reading import boundary, is_closed, kind, refused_when

if TYPE_CHECKING:
    from conformance.reference.differences import Patch
    from conformance.reference.values import Call


def _names_no_boundary(call: Call) -> bool:
    return kind(call) == "multipart/form-data" and not boundary(call)


def _is_open(call: Call) -> bool:
    named = boundary(call)
    return bool(named) and b"--" + named in call.body and not is_closed(call)


def _is_cut(call: Call) -> bool:
    return _is_open(call) and not call.body.endswith(b"\r\n")


def _closed(call: Call) -> Call:
    if not _is_open(call) or _is_cut(call):
        return call
    return replace(call, body=call.body + b"--" + boundary(call) + b"--\r\n")


def _unchecked(*kinds: str) -> Patch:
    return on_call(lambda call: stand_in(call) if kind(call) in kinds else call)


DEFECTS = (
    Defect(
        "media-type-case-sensitive",
        "Only a Content-Type in lower case is taken for a form.",
        ("MEDIA-1",),
        refused_when(
            lambda call: (
                kind(call) == "multipart/form-data"
                and not (call.header("content-type") or "").startswith("multipart/form-data")
            ),
            "not a form",
        ),
    ),
    Defect(
        "boundary-quotes-kept",
        "The quotes around a boundary are taken as a part of it.",
        ("MEDIA-1", "MEDIA-7", "MEDIA-11"),
        refused_when(lambda call: 'boundary="' in (call.header("content-type") or ""), "malformed"),
    ),
    Defect(
        "boundary-in-lower-case",
        "A boundary is read in lower case, so that one with capitals never occurs in the body.",
        ("MEDIA-1",),
        lambda b: replace(b, boundary_of=lambda call: b.boundary_of(call).lower()),
    ),
    Defect(
        "json-accepted",
        "A JSON body is passed on unchecked.",
        ("MEDIA-2",),
        _unchecked("application/json"),
    ),
    Defect(
        "urlencoded-accepted",
        "An urlencoded body is read like a form.",
        ("MEDIA-2",),
        _unchecked("application/x-www-form-urlencoded"),
    ),
    Defect(
        "plain-text-500",
        "A text/plain body ends in a 500.",
        ("MEDIA-2",),
        crash_on_call(lambda call: kind(call) == "text/plain"),
    ),
    Defect(
        "content-type-guessed",
        "A body without a Content-Type is read as the form that it looks like.",
        ("MEDIA-3",),
        on_call(lambda call: call if call.header("content-type") else sniffed(call)),
    ),
    Defect(
        "multipart-mixed-accepted",
        "Every multipart type is read as a form.",
        ("MEDIA-3",),
        on_call(lambda call: sniffed(call) if kind(call) == "multipart/mixed" else call),
    ),
    Defect(
        "missing-boundary-guessed",
        "Without a boundary parameter the body's first line is taken for it.",
        ("MEDIA-4",),
        on_call(lambda call: sniffed(call) if _names_no_boundary(call) else call),
    ),
    Defect(
        "missing-boundary-500",
        "A form without a boundary parameter ends in a 500.",
        ("MEDIA-4",),
        crash_on_call(_names_no_boundary),
    ),
    Defect(
        "wrong-boundary-guessed",
        "Where the boundary does not occur, the body's first line is taken for it.",
        ("MEDIA-4",),
        on_call(
            lambda call: (
                sniffed(call) if boundary(call) and boundary(call) not in call.body else call
            )
        ),
    ),
    Defect(
        "empty-body-500",
        "An empty body ends in a 500.",
        ("MEDIA-4",),
        crash_on_call(lambda call: not call.body and kind(call) == "multipart/form-data"),
    ),
    Defect(
        "cut-file-accepted",
        "A body that ends inside the file is served with what came of it.",
        ("MEDIA-4", "MEDIA-5"),
        on_call(lambda call: stand_in(call) if _is_cut(call) else call),
    ),
    Defect(
        "cut-file-500",
        "A body that ends inside the file ends in a 500.",
        ("MEDIA-4", "MEDIA-5", "MEDIA-12"),
        crash_on_call(_is_cut),
    ),
    Defect(
        "unclosed-form-500",
        "A form without its close-delimiter ends in a 500.",
        ("MEDIA-4", "MEDIA-5", "MEDIA-12"),
        crash_on_call(lambda call: _is_open(call) and not _is_cut(call)),
    ),
    Defect(
        "close-delimiter-optional",
        "A form without its close-delimiter is accepted.",
        ("MEDIA-5",),
        on_call(_closed),
    ),
    Defect(
        "final-crlf-needed",
        "A form whose last line has no CRLF is refused.",
        ("MEDIA-6",),
        refused_when(lambda call: call.body.endswith(b"--" + boundary(call) + b"--"), "cut off"),
    ),
    Defect(
        "media-type-space-refused",
        "White space before the first semicolon of a Content-Type is refused.",
        ("MEDIA-11",),
        refused_when(lambda call: " ;" in (call.header("content-type") or ""), "not a form"),
    ),
)
