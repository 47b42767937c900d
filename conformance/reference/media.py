"""Reads a multipart/form-data body: the boundary from its Content-Type, the parts from its bytes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

import multipart  # type: ignore[import-untyped]  # it ships without types

from conformance.reference.values import Form, Part, refuse

if TYPE_CHECKING:
    from conformance.reference.values import Call, Refused

MAX_PARTS = 100
MAX_HEADER = 8192
MAX_HEADERS = 16
MAX_BOUNDARY = 70

_OWS = r"[ \t]*"
_VALUE = r'"((?:[^"\\]|\\.)*)"|([^\s;"]+)'
_PARAMETER = re.compile(rf"{_OWS};{_OWS}(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:{_VALUE}))?{_OWS}")
_MEDIA_TYPE = re.compile(r"[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+/[!#$%&'*+.^_`|~0-9A-Za-z-]+)")
_OPTION = re.compile(rf"{_OWS};{_OWS}([\w*-]+){_OWS}={_OWS}(?:{_VALUE})?", re.ASCII)


def media_refused(message: str, code: str = "invalid_media_type") -> Refused:
    """Return the refusal of a body that is no form; it names no field."""
    return refuse(message, code=code)


def media_type(content_type: str | None) -> tuple[str, dict[str, str]]:
    """Return a Content-Type's media type in lower case, and its parameters (RFC 9110 §8.3.1)."""
    start = _MEDIA_TYPE.match(content_type or "")
    if content_type is None or start is None:
        raise media_refused("a Content-Type of multipart/form-data is needed")
    parameters: dict[str, str] = {}
    position = start.end()
    while position < len(content_type):
        found = _PARAMETER.match(content_type, position)
        if found is None:
            raise media_refused("the Content-Type is malformed")
        name, quoted, bare = found.groups()
        if name is not None:
            if name.lower() in parameters:
                raise media_refused("the Content-Type names a parameter twice")
            parameters[name.lower()] = bare if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        position = found.end()
    return start[1].lower(), parameters


def boundary_of(call: Call) -> bytes:
    """Return the boundary of a multipart/form-data body, or refuse the body."""
    kind, parameters = media_type(call.header("content-type"))
    if kind != "multipart/form-data":
        raise media_refused("the body must be multipart/form-data")
    boundary = parameters.get("boundary", "")
    if not boundary:
        raise media_refused("the Content-Type names no boundary", "missing_boundary")
    if len(boundary) > MAX_BOUNDARY or boundary.endswith(" "):
        raise media_refused("the boundary is malformed", "invalid_boundary")
    return boundary.encode("latin-1")


def read_form(body: bytes, boundary: bytes) -> Form:
    """Return the parts of a body, or refuse it where it is malformed, cut off or too complex."""
    # The library's strict mode refuses a preamble and folded headers, which the grammar allows;
    # what it then lets through (a part without a name) is refused here.
    parser = multipart.PushMultipartParser(
        boundary,
        content_length=len(body),
        max_header_size=MAX_HEADER,
        max_header_count=MAX_HEADERS,
        max_segment_count=MAX_PARTS,
    )
    parts: list[Part] = []
    content: list[bytes] = []
    segment: multipart.MultipartSegment | None = None
    if not body:
        raise media_refused("the body is empty", "malformed_form")
    try:
        with parser:
            for event in parser.parse(body):
                if isinstance(event, multipart.MultipartSegment):
                    segment, content = event, []
                elif event is None:
                    if segment is not None:
                        parts.append(_part(segment, b"".join(content)))
                else:
                    content.append(bytes(event))
    except multipart.ParserLimitReached:
        raise media_refused("the form is too complex", "form_too_complex") from None
    except multipart.MultipartError:
        raise media_refused("the form is malformed", "malformed_form") from None
    return Form(tuple(parts))


def _part(segment: multipart.MultipartSegment, content: bytes) -> Part:
    headers = {name.lower(): value for name, value in segment.headerlist}
    options = _options(headers.get("content-disposition", ""))
    if "name" not in options:
        raise media_refused("a part of the form has no name", "malformed_form")
    file_name = options.get("filename")
    if file_name is None and "filename*" in options:
        file_name = _extended(options["filename*"])
    return Part(options["name"], content, file_name, headers.get("content-type"))


def _options(disposition: str) -> dict[str, str]:
    options: dict[str, str] = {}
    for name, quoted, bare in _OPTION.findall(disposition):
        # Browsers write a quote as %22 (the form encoding of HTML), other clients as \".
        value = bare or re.sub(r"\\([\"\\])", r"\1", quoted).replace("%22", '"')
        options.setdefault(name.lower(), value)
    return options


def _extended(value: str) -> str:
    """Decode an extended parameter value, as `filename*` has it (RFC 8187 §3.2)."""
    charset, _, rest = value.partition("'")
    try:
        return unquote_to_bytes(rest.partition("'")[2]).decode(charset or "utf-8")
    except (LookupError, UnicodeDecodeError):
        raise media_refused("a file name is malformed", "malformed_form") from None
