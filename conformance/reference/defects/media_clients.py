"""Defects in how the forms of clients in use are read: MEDIA-7 to MEDIA-13."""

from __future__ import annotations

import re
from dataclasses import replace

from conformance.reference.differences import Defect
from conformance.reference.making import crash, crash_on_call, crash_on_picture, on_call, picture_of
from conformance.reference.reading import (
    boundary,
    in_part_header,
    is_closed,
    refused_form,
    refused_when,
)
from conformance.reference.values import Call, Form, refuse

LONG_NAME = 200


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


def _undivided(pieces: list[bytes]) -> bytes:
    """Return the body, or an unreadable one if a delimiter came in two pieces."""
    whole = b"".join(pieces)
    boundary = whole.partition(b"\r\n")[0]
    at = 0
    for piece in pieces[:-1]:
        at += len(piece)
        if boundary and boundary in whole[max(at - len(boundary) + 1, 0) : at + len(boundary) - 1]:
            return b"no form"
    return whole


DEFECTS = (
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
        refused_form(
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
        ("MEDIA-7", "MEDIA-11"),
        refused_form(
            lambda form: any(
                part.file_name is None and (part.content_type or "").startswith("text/plain")
                for part in form.parts
            ),
            "not a file",
        ),
    ),
    Defect(
        "hyphens-of-a-boundary-stripped",
        "The hyphens at the start of a boundary are taken for those of the delimiter.",
        ("MEDIA-7",),
        lambda b: replace(b, boundary_of=lambda call: b.boundary_of(call).lstrip(b"-")),
    ),
    Defect(
        "unquoted-name-refused",
        "A part whose name is not quoted is refused.",
        ("MEDIA-7",),
        refused_when(in_part_header(rb'\bname=[^"]'), "a part has no name"),
    ),
    Defect(
        "file-first-refused",
        "A form whose file comes before the other fields is refused.",
        ("MEDIA-7",),
        refused_form(lambda form: bool(form.parts) and form.parts[0].is_file, "model comes first"),
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
        refused_when(_is_chunked, "no body"),
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
        ("MEDIA-10", "IMAGE-12"),
        crash_on_call(
            # MEDIA-11 judges a name that is only written as filename*.
            lambda call: re.search(rb'filename="[^"]*[\x80-\xff]', call.body) is not None
        ),
    ),
    Defect(
        "quote-in-file-name-refused",
        "A file name with a quote in it is refused.",
        ("MEDIA-10",),
        refused_form(lambda form: '"' in _file_name(form), "malformed file name"),
    ),
    Defect(
        "long-file-name-refused",
        "A file name of more than 200 bytes is refused.",
        ("MEDIA-10",),
        refused_form(lambda form: len(_file_name(form).encode()) > LONG_NAME, "long file name"),
    ),
    Defect(
        "preamble-refused",
        "A form with a preamble is refused.",
        ("MEDIA-11",),
        refused_when(
            lambda call: is_closed(call) and not call.body.startswith(b"--" + boundary(call)),
            "malformed form",
        ),
    ),
    Defect(
        "epilogue-refused",
        "A form with an epilogue is refused.",
        ("MEDIA-11",),
        refused_when(
            lambda call: (
                is_closed(call)
                and call.body.rpartition(b"--" + boundary(call) + b"--")[2] not in (b"", b"\r\n")
            ),
            "malformed form",
        ),
    ),
    Defect(
        "folded-header-refused",
        "A form with a folded part header is refused.",
        ("MEDIA-11",),
        refused_when(in_part_header(rb"\r\n[ \t]"), "malformed form"),
    ),
    Defect(
        "file-name-star-alone-refused",
        "A part whose file name is only written as filename* is refused.",
        ("MEDIA-11",),
        refused_when(
            lambda call: (
                in_part_header(rb"filename\*=")(call) and not in_part_header(rb"filename=")(call)
            ),
            "the image has no file name",
        ),
        profile="full",
    ),
    Defect(
        "part-header-case-sensitive",
        "A part whose header names are in lower case is not read.",
        ("MEDIA-11",),
        refused_when(
            lambda call: b"\r\ncontent-disposition:" in call.body, "a part has no disposition"
        ),
    ),
    Defect(
        "further-part-header-refused",
        "A part header that is not known is refused.",
        ("MEDIA-11",),
        refused_when(lambda call: b"\r\nX-Part: 1" in call.body, "a part header is unknown"),
    ),
    Defect(
        "nameless-part-500",
        "A part without a name ends in a 500.",
        ("MEDIA-12",),
        on_call(lambda call: crash() if in_part_header(rb"; x=")(call) else call),
    ),
    Defect(
        "delimiter-in-two-reads-missed",
        "A delimiter that comes in two reads of the connection is not found.",
        ("MEDIA-13",),
        lambda b: replace(b, body_of=_undivided),
    ),
)
