"""Reads a call as it arrived: its form or its JSON, and the pictures in it."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import multipart  # type: ignore[import-untyped]  # it ships without types

from conformance.http.provider_call import Part
from conformance.provider.likeness import glance

if TYPE_CHECKING:
    from conformance.http.provider_call import Pairs

MOST_PARTS = 20_000
MOST_HEADERS = 32
LONGEST_HEADER = 2_000_000
LONGEST_VALUE = 4_000
# The fields of the API that are texts, and those that hold the picture.
TEXTS = frozenset({"model", "n", "size", "response_format", "user"})
PICTURES = frozenset({"image", "image[]"})


@dataclass(frozen=True)
class Arrival:
    """A call before it is answered, with its bytes; the journal keeps none of them.

    `base_url` is the provider's own address, where the caller reached it; `problem` says why a body could not be
    read.
    """

    id: str
    at: float
    method: str
    path: str
    headers: Pairs
    body: bytes
    base_url: str
    parts: tuple[Part, ...] = ()
    files: tuple[bytes, ...] = ()
    problem: str = ""

    def header(self, name: str) -> str:
        """Return a header's first value, or an empty text; `name` is in lower case."""
        return next((v for k, v in self.headers if k.lower() == name), "")


def read_body(body: bytes, content_type: str) -> tuple[tuple[Part, ...], tuple[bytes, ...], str]:
    """Return the parts of a body, the bytes of its files, and what is wrong with it, if anything."""
    kind, options = multipart.parse_options_header(content_type)
    if kind == "multipart/form-data":
        return _form(body, str(options.get("boundary", "")))
    if kind == "application/json":
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            return (), (), "the body is no JSON"
        rows = value.items() if isinstance(value, dict) else ()
        return tuple(Part(k, v if isinstance(v, str) else json.dumps(v)) for k, v in rows), (), ""
    return (), (), f"the body is {kind or 'of no type'}, and neither a form nor JSON"


def _form(body: bytes, boundary: str) -> tuple[tuple[Part, ...], tuple[bytes, ...], str]:
    if not boundary:
        return (), (), "the Content-Type names no boundary"
    found: list[tuple[Part, bytes | None]] = []
    problem = ""
    try:
        reader = multipart.MultipartParser(
            io.BytesIO(body),
            boundary,
            content_length=len(body),
            header_limit=MOST_HEADERS,
            headersize_limit=LONGEST_HEADER,
            part_limit=MOST_PARTS,
            memory_limit=len(body) + 1,
            spool_limit=len(body) + 1,
        )
        found += [_part(one) for one in reader]
    except (multipart.MultipartError, UnicodeDecodeError, LookupError) as error:
        problem = f"the form is malformed: {error}"
    parts = tuple(part for part, _ in found)
    return parts, tuple(content for _, content in found if content is not None), problem


def _part(one: multipart.MultipartPart) -> tuple[Part, bytes | None]:
    headers = tuple((str(k), str(v)) for k, v in one.headerlist)
    kind = next((v for k, v in headers if k.lower() == "content-type"), None)
    content = bytes(one.raw)
    if not _is_file(one.name, one.filename, kind, content):
        value = content[:LONGEST_VALUE].decode("utf-8", "replace")
        return Part(one.name, value, one.filename, kind, headers, len(content)), None
    return _file(one.name, one.filename, kind, headers, content), content


def _is_file(name: str, file_name: str | None, kind: str | None, content: bytes) -> bool:
    """Return whether a part holds a file, leniently: a text that is sent as a file stays a text.

    So what a provider would refuse is served all the same, and is named by its own requirement.
    """
    if name in TEXTS:
        return False
    is_typed = (kind or "text/").partition("/")[0] == "image"
    return file_name is not None or is_typed or (name in PICTURES and bool(glance(content).pixels))


def _file(
    name: str, file_name: str | None, kind: str | None, headers: Pairs, content: bytes
) -> Part:
    seen = glance(content)
    return Part(
        name=name,
        file_name=file_name,
        content_type=kind,
        headers=headers,
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        pixels=seen.pixels,
        format=seen.format,
        width=seen.size[0],
        height=seen.size[1],
        small=seen.small.hex(),
    )
