"""The forms that clients in use put on the wire, each as a function from form to form.

Taken from what the clients send: curl 8, Python requests 2, openai-python, openai-node,
openai-go, openai-java, and .NET's MultipartFormDataContent.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.http.drawn import word

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.http.form import Form, Part

TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
HEX, DIGITS = "0123456789abcdef", "0123456789"
FIELD_ORDER = ("model", "n", "response_format", "size", "user")


def curl(form: Form) -> Form:
    """Return the form as curl -F sends it."""
    return replace(form, boundary="-" * 24 + _drawn(form, "curl", 16))


def requests(form: Form) -> Form:
    """Return the form as Python requests sends it: the file part has no Content-Type."""
    files = [replace(p, content_type=None) for p in _files(form)]
    return replace(form, parts=(*_texts(form), *files), boundary=_drawn(form, "requests", 32))


def openai_python(form: Form) -> Form:
    """Return the form as openai-python sends it: fields in a fixed order, then the file."""
    order = {name: i for i, name in enumerate(FIELD_ORDER)}
    texts = sorted(_texts(form), key=lambda p: order.get(p.name, len(order)))
    return replace(form, parts=(*texts, *_files(form)), boundary=_drawn(form, "python", 32))


def openai_node(form: Form) -> Form:
    """Return the form as openai-node sends it: the file before the fields."""
    parts = (*_files(form), *reversed(_texts(form)))
    return replace(
        form, parts=parts, boundary=f"----formdata-undici-0{_drawn(form, 'node', 11, DIGITS)}"
    )


def openai_go(form: Form) -> Form:
    """Return the form as openai-go sends it: by the alphabet, an anonymous octet-stream file."""
    named = [
        replace(p, filename="anonymous_file", content_type="application/octet-stream")
        if p.filename is not None
        else p
        for p in form.parts
    ]
    parts = tuple(sorted(named, key=lambda p: p.name))
    return replace(form, parts=parts, boundary=_drawn(form, "go", 60))


def openai_java(form: Form) -> Form:
    """Return the form as openai-java sends it: typed text parts, an octet-stream file."""
    parts = tuple(
        replace(p, content_type="application/octet-stream")
        if p.filename is not None
        else replace(p, content_type="text/plain; charset=utf-8")
        for p in form.parts
    )
    return replace(form, parts=parts, boundary=_uuid(_drawn(form, "java", 32)))


def dotnet(form: Form) -> Form:
    """Return the form as .NET sends it: unquoted names, filename*, a quoted long boundary."""
    return replace(
        form,
        parts=tuple(_dotnet_part(p) for p in form.parts),
        boundary="=" + _drawn(form, "dotnet", 69),
        quote_boundary=True,
    )


def _dotnet_part(part: Part) -> Part:
    # .NET quotes a name only where it is no token, like `fallbacks[]`.
    name = part.name if TOKEN.fullmatch(part.name) else f'"{part.name}"'
    if part.filename is None:
        head = f"Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name={name}\r\n"
    else:
        head = (
            f"Content-Type: {part.content_type}\r\nContent-Disposition: form-data;"
            f" name={name}; filename={part.filename}; filename*=utf-8''{part.filename}\r\n"
        )
    return replace(part, headers=head.encode())


def _drawn(form: Form, client: str, length: int, letters: str = HEX) -> str:
    """Return random characters of a client's boundary, drawn from the boundary that the form had."""
    return word(form.boundary, client, length, letters)


def _uuid(digits: str) -> str:
    return "-".join(
        (digits[:8], digits[8:12], f"4{digits[13:16]}", f"9{digits[17:20]}", digits[20:])
    )


def _texts(form: Form) -> list[Part]:
    return [p for p in form.parts if p.filename is None]


def _files(form: Form) -> list[Part]:
    return [p for p in form.parts if p.filename is not None]


CLIENTS: dict[str, Callable[[Form], Form]] = {
    "curl": curl,
    "requests": requests,
    "openai-python": openai_python,
    "openai-node": openai_node,
    "openai-go": openai_go,
    "openai-java": openai_java,
    "dotnet": dotnet,
}
# What they accept by themselves over plain http, where it is not `codings.USUAL`: curl and .NET ask
# for no coding unless they are told to, and Go's and Java's clients (OkHttp) decode gzip alone.
CODINGS = {"curl": "", "dotnet": "", "openai-go": "gzip", "openai-java": "gzip"}
# Those that write the names of headers Like-This.
TITLE_CASE = frozenset({"curl", "requests", "openai-go", "openai-java", "dotnet"})
