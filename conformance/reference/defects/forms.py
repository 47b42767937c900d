"""Defects in how the forms of clients in use are read: MEDIA-7 to MEDIA-11."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.defects.making import (
    Defect,
    crash_on_call,
    crash_on_form,
    crash_on_picture,
    on_call,
    on_form,
    picture_of,
    stand_in,
)
from conformance.reference.media import media_refused
from conformance.reference.values import Answer, Call, Form, refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.defects.making import Patch

HTML = (("Content-Type", "text/html; charset=utf-8"),)
DASHBOARD = Answer(200, HTML, b"<!doctype html><title>Gateway</title><h1>Dashboard</h1>")
LONG_NAME = 200


def _kind(call: Call) -> str:
    return (call.header("content-type") or "").partition(";")[0].strip().lower()


def _boundary(call: Call) -> bytes:
    found = re.search(r'boundary="?([^";]+)', call.header("content-type") or "", re.IGNORECASE)
    return found[1].strip().encode("latin-1") if found else b""


def _names_no_boundary(call: Call) -> bool:
    return _kind(call) == "multipart/form-data" and not _boundary(call)


def _is_open(call: Call) -> bool:
    boundary = _boundary(call)
    return bool(boundary) and b"--" + boundary in call.body and not _is_closed(call)


def _is_closed(call: Call) -> bool:
    return b"--" + _boundary(call) + b"--" in call.body


def _is_cut(call: Call) -> bool:
    return _is_open(call) and not call.body.endswith(b"\r\n")


def _closed(call: Call) -> Call:
    if not _is_open(call) or _is_cut(call):
        return call
    return replace(call, body=call.body + b"--" + _boundary(call) + b"--\r\n")


def _unchecked(*kinds: str) -> Patch:
    return on_call(lambda call: stand_in(call) if _kind(call) in kinds else call)


def _refused_when(when: Callable[[Call], bool], message: str) -> Patch:
    def step(call: Call) -> Call:
        if when(call):
            raise media_refused(message)
        return call

    return on_call(step)


def _refused_form(when: Callable[[Form], bool], message: str) -> Patch:
    def step(form: Form) -> Form:
        if when(form):
            raise media_refused(message)
        return form

    return on_form(step)


def _in_part_header(pattern: bytes) -> Callable[[Call], bool]:
    line = re.compile(rb"\r\ncontent-disposition:[^\r\n]*" + pattern, re.IGNORECASE)
    return lambda call: line.search(call.body) is not None


def _file_name(form: Form) -> str:
    part = picture_of(form)
    return (part.file_name if part else None) or ""


def _is_chunked(call: Call) -> bool:
    return "chunked" in (call.header("transfer-encoding") or "").lower()


def _without_length(call: Call) -> Call:
    if _is_chunked(call):
        raise refuse("a Content-Length is needed", status=411, code="length_required")
    return call


def _without_expectation(call: Call) -> Call:
    if call.header("expect") is not None:
        raise refuse("no expectation can be met", status=417, code="expectation_failed")
    return call


FORMS = (
    Defect(
        "untyped-file-500",
        "A file part without a Content-Type ends in a 500.",
        ("MEDIA-7",),
        crash_on_picture(lambda part: bool(part.file_name) and part.content_type is None),
    ),
    Defect(
        "octet-stream-refused",
        "A file part of type application/octet-stream is refused.",
        ("MEDIA-7",),
        _refused_form(
            lambda form: any(
                part.file_name and part.content_type == "application/octet-stream"
                for part in form.parts
            ),
            "not a picture's type",
        ),
    ),
    Defect(
        "typed-text-refused",
        "A text part with a Content-Type of text/plain is refused.",
        ("MEDIA-7",),
        _refused_form(
            lambda form: any(
                part.file_name is None and (part.content_type or "").startswith("text/plain")
                for part in form.parts
            ),
            "not a file",
        ),
    ),
    Defect(
        "unquoted-name-refused",
        "A part whose name is not quoted is refused.",
        ("MEDIA-7",),
        _refused_when(_in_part_header(rb'\bname=[^"]'), "a part has no name"),
    ),
    Defect(
        "file-first-refused",
        "A form whose file comes before the other fields is refused.",
        ("MEDIA-7",),
        _refused_form(lambda form: bool(form.parts) and form.parts[0].is_file, "model comes first"),
    ),
    Defect(
        "expectation-refused",
        "A request with Expect: 100-continue is answered with 417.",
        ("MEDIA-7",),
        on_call(_without_expectation),
    ),
    Defect(
        "chunked-refused",
        "A body in chunked transfer coding is refused with 400.",
        ("MEDIA-8",),
        _refused_when(_is_chunked, "no body"),
    ),
    Defect(
        "chunked-500",
        "A body in chunked transfer coding ends in a 500.",
        ("MEDIA-8",),
        crash_on_call(_is_chunked),
    ),
    Defect(
        "chunked-411",
        "A body in chunked transfer coding is answered with 411.",
        ("MEDIA-9",),
        on_call(_without_length),
    ),
    Defect(
        "utf8-file-name-500",
        "A file name that is not ASCII ends in a 500.",
        ("MEDIA-10",),
        crash_on_form(lambda form: not _file_name(form).isascii()),
    ),
    Defect(
        "quote-in-file-name-refused",
        "A file name with a quote in it is refused.",
        ("MEDIA-10",),
        _refused_form(lambda form: '"' in _file_name(form), "malformed file name"),
    ),
    Defect(
        "long-file-name-refused",
        "A file name of more than 200 bytes is refused.",
        ("MEDIA-10",),
        _refused_form(lambda form: len(_file_name(form).encode()) > LONG_NAME, "long file name"),
    ),
    Defect(
        "preamble-refused",
        "A form with a preamble is refused.",
        ("MEDIA-11",),
        _refused_when(
            lambda call: _is_closed(call) and not call.body.startswith(b"--" + _boundary(call)),
            "malformed form",
        ),
    ),
    Defect(
        "epilogue-refused",
        "A form with an epilogue is refused.",
        ("MEDIA-11",),
        _refused_when(
            lambda call: (
                _is_closed(call)
                and call.body.rpartition(b"--" + _boundary(call) + b"--")[2] not in (b"", b"\r\n")
            ),
            "malformed form",
        ),
    ),
    Defect(
        "folded-header-refused",
        "A form with a folded part header is refused.",
        ("MEDIA-11",),
        _refused_when(_in_part_header(rb"\r\n[ \t]"), "malformed form"),
    ),
    Defect(
        "file-name-star-alone-refused",
        "A part whose file name is only written as filename* is refused.",
        ("MEDIA-11",),
        _refused_when(
            lambda call: (
                _in_part_header(rb"filename\*=")(call) and not _in_part_header(rb"filename=")(call)
            ),
            "the image has no file name",
        ),
        profile="full",
    ),
)
