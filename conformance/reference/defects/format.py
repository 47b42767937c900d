"""Defects in how response_format is read, and in how pictures are handed over: FORMAT."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conformance.reference import drawing
from conformance.reference.behaviour import pixels_for
from conformance.reference.differences import Defect
from conformance.reference.fields import FORMATS
from conformance.reference.making import crash_on_text, edit_item, edit_success
from conformance.reference.values import Answer, Recipe

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.differences import Patch
    from conformance.reference.values import Json, Order

MIME_LINE = 76


def _reads_format(read: Callable[[str], str]) -> Patch:
    return lambda b: replace(b, read_format=read)


def _edit_url(edit: Callable[[str, Order], str], *, when: Callable[[Order], bool]) -> Patch:
    def step(item: Json, order: Order) -> Json:
        return {**item, "url": edit(item["url"], order)} if "url" in item and when(order) else item

    return edit_item(step)


def _edit_base64(edit: Callable[[str], str]) -> Patch:
    def step(item: Json, _: Order) -> Json:
        return {**item, "b64_json": edit(item["b64_json"])} if "b64_json" in item else item

    return edit_item(step)


def _path(url: str, _: Order) -> str:
    return urlsplit(url).path


def _uneven(text: str) -> str:
    """Return base64 of the picture with padding: a byte behind a PNG changes nothing in it."""
    content = base64.b64decode(text)
    return base64.b64encode(content + b"\0" * (1 + -len(content) % 3)).decode()


def _absent(order: Order) -> bool:
    return not order.format_given


def _asked_url(order: Order) -> bool:
    return order.format_given


def _always(_: Order) -> bool:
    return True


def _both(item: Json, order: Order) -> Json:
    if "url" not in item:
        return item
    recipe = Recipe(order.upload, pixels_for(order.size), item["index"], "png")
    return {**item, "b64_json": base64.b64encode(drawing.draw(recipe)).decode()}


def _taken_for(asked: str, instead: str) -> Patch:
    return lambda b: replace(b, read_format=lambda f: instead if f == asked else b.read_format(f))


def _served(status: int, content_type: str, body: bytes) -> Patch:
    answer = Answer(status, (("Content-Type", content_type),), body)
    return lambda b: replace(b, on_file=lambda _answer, _upload: answer)


DEFECTS = (
    Defect(
        "default-b64-json",
        "Without response_format the pictures come in base64.",
        ("FORMAT-1",),
        lambda b: replace(b, default_format="b64_json"),
    ),
    Defect(
        "default-url-relative",
        "Without response_format the urls are relative.",
        ("FORMAT-1", "FORMAT-3", "FORMAT-8"),
        _edit_url(_path, when=_absent),
    ),
    Defect(
        "url-gives-base64",
        "response_format=url gives base64.",
        ("FORMAT-2",),
        _taken_for("url", "b64_json"),
    ),
    Defect(
        "url-relative",
        "With response_format=url the urls are relative.",
        ("FORMAT-2", "FORMAT-3", "FORMAT-8"),
        _edit_url(_path, when=_asked_url),
    ),
    Defect(
        "url-without-http",
        "The urls name the bucket where the pictures are, which no client can open.",
        ("FORMAT-3", "FORMAT-8"),
        _edit_url(lambda url, _: "s3://pictures" + urlsplit(url).path, when=_always),
    ),
    Defect(
        "b64-json-gives-url",
        "response_format=b64_json gives a url.",
        ("FORMAT-4",),
        _taken_for("b64_json", "url"),
    ),
    Defect(
        "base64-with-data-prefix",
        "The base64 has a data: prefix.",
        ("FORMAT-4",),
        _edit_base64(lambda text: f"data:image/png;base64,{text}"),
    ),
    Defect(
        "base64-url-safe",
        "The base64 has the alphabet of urls.",
        ("FORMAT-4",),
        _edit_base64(lambda text: text.replace("+", "-").replace("/", "_")),
    ),
    Defect(
        "base64-without-padding",
        "The base64 has no padding.",
        ("FORMAT-4",),
        _edit_base64(lambda text: _uneven(text).rstrip("=")),
    ),
    Defect(
        "base64-in-lines",
        "The base64 is broken into lines.",
        ("FORMAT-4",),
        _edit_base64(
            lambda text: "\r\n".join(
                text[i : i + MIME_LINE] for i in range(0, len(text), MIME_LINE)
            )
        ),
    ),
    Defect(
        "base64-of-text",
        "The base64 decodes to an error message.",
        ("FORMAT-4",),
        _edit_base64(lambda _: base64.b64encode(b"picture expired").decode()),
    ),
    Defect(
        "both-formats",
        "Beside a url there is the picture in base64 too.",
        ("FORMAT-5",),
        edit_item(_both),
    ),
    Defect(
        "format-case-folded",
        "response_format is accepted in any case.",
        ("FORMAT-6",),
        _reads_format(str.lower),
    ),
    Defect(
        "format-unknown-means-url",
        "Every unknown response_format is taken for url.",
        ("FORMAT-6", "FORMAT-10"),
        _reads_format(lambda f: f if f in (*FORMATS, "", "null") else "url"),
    ),
    Defect(
        "format-b64-accepted",
        "b64, base64 and png are taken for b64_json.",
        ("FORMAT-6",),
        _reads_format(lambda f: "b64_json" if f in ("b64", "base64", "png", "json") else f),
    ),
    Defect(
        "format-unknown-500",
        "An unknown response_format ends in a 500.",
        ("FORMAT-6", "FORMAT-10"),
        crash_on_text(
            "response_format", lambda f: f.isprintable() and f not in (*FORMATS, "", "null")
        ),
    ),
    Defect(
        "format-empty-500",
        "An empty response_format ends in a 500.",
        ("FORMAT-7",),
        crash_on_text("response_format", lambda f: f == ""),
    ),
    Defect(
        "format-null-500",
        "A response_format of null ends in a 500.",
        ("FORMAT-7",),
        crash_on_text("response_format", lambda f: f == "null"),
    ),
    Defect(
        "url-not-found",
        "The urls are answered with 404.",
        ("FORMAT-8",),
        _served(404, "application/json", b"{}"),
    ),
    Defect(
        "url-serves-json",
        "The urls serve a JSON description of the picture.",
        ("FORMAT-8",),
        _served(200, "application/json", b'{"picture":"ready"}'),
    ),
    Defect(
        "output-format-wrong",
        "output_format says jpeg, the pictures are PNG.",
        ("FORMAT-9",),
        edit_success(lambda body, _: {**body, "output_format": "jpeg"}),
    ),
    Defect(
        "format-white-space-stripped",
        "White space around response_format is taken away.",
        ("FORMAT-10",),
        _reads_format(str.strip),
    ),
)
