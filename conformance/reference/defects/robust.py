"""Defects under odd input: ROBUST-1, ROBUST-2 and ROBUST-10."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from conformance.reference.differences import Defect
from conformance.reference.making import crash, crash_on_form, finish, on_order
from conformance.reference.reading import has_repeated_field, has_unknown_text
from conformance.reference.values import refuse

if TYPE_CHECKING:
    from conformance.reference.differences import Patch
    from conformance.reference.values import Answer, Call, Form, Order

LONG = 20_000
FILE_NAME = re.compile(rb'filename="([^"]*)"', re.DOTALL)
USER = re.compile(rb'name="user"\r\n\r\n(.*?)\r\n--', re.DOTALL)
HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


def _not_utf8(form: Form) -> bool:
    for part in form.parts:
        if not part.is_file and not part.name.startswith(("image", "user")):
            try:
                part.content.decode("utf-8")
            except UnicodeDecodeError:
                return True
    return False


def _long(form: Form) -> bool:
    texts = (part for part in form.parts if not part.is_file and part.name != "user")
    return any(len(part.content) > LONG for part in texts)


def _injected(pattern: re.Pattern[bytes], name: str) -> Patch:
    """Copy what the pattern finds in the body into headers of the answer, with its line ends."""

    def step(answer: Answer, call: Call) -> Answer:
        headers = [h for found in pattern.finditer(call.body) for h in _headers(name, found[1])]
        return replace(answer, headers=(*answer.headers, *headers))

    return finish(step)


def _headers(name: str, value: bytes) -> list[tuple[str, str]]:
    """Return the headers that a client reads after this value was written raw into one header."""
    first, *lines = unquote_to_bytes(value).decode("latin-1").splitlines() or [""]
    headers = [(name, _printable(first))]
    for line in lines:
        key, _, rest = line.partition(":")
        if HEADER.fullmatch(key.strip()):
            headers.append((key.strip(), _printable(rest)))
    return headers


def _printable(text: str) -> str:
    return "".join(c for c in text if c.isprintable()).strip().encode("ascii", "replace").decode()


def _one_in_base64(order: Order) -> Order:
    if order.n > 1 and order.response_format == "b64_json":
        raise refuse("one picture in base64 at a time", "n")
    return order


def _not_512_in_base64(order: Order) -> Order:
    if order.size == "512x512" and order.response_format == "b64_json":
        crash()
    return order


DEFECTS = (
    Defect(
        "unknown-field-500",
        "A field that is not documented ends in a 500.",
        ("ROBUST-1",),
        crash_on_form(has_unknown_text),
    ),
    Defect(
        "repeated-field-500",
        "A field that comes twice ends in a 500.",
        ("ROBUST-1",),
        crash_on_form(has_repeated_field),
    ),
    Defect(
        "broken-utf8-500",
        "A text that is no UTF-8 ends in a 500.",
        ("ROBUST-1", "MODEL-3"),
        crash_on_form(_not_utf8),
    ),
    Defect(
        "long-value-500",
        "A very long value ends in a 500.",
        ("ROBUST-1",),
        crash_on_form(_long),
    ),
    Defect(
        "file-name-becomes-header",
        "File names are copied into headers of the answer, line ends and all.",
        ("ROBUST-2",),
        _injected(FILE_NAME, "X-File-Name"),
    ),
    Defect(
        "user-becomes-header",
        "The user is copied into a header of the answer, line ends and all.",
        ("ROBUST-2",),
        _injected(USER, "X-User"),
    ),
    Defect(
        "several-in-base64-refused",
        "More than one picture in base64 is refused.",
        ("ROBUST-10", "N-1"),
        on_order(_one_in_base64),
    ),
    Defect(
        "size-with-base64-500",
        "A size of 512x512 in base64 ends in a 500.",
        ("ROBUST-10",),
        on_order(_not_512_in_base64),
    ),
)
