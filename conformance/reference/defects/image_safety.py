"""Defects in how uploads that attack the gateway are handled: IMAGE-12 to IMAGE-14."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx

from conformance.reference import drawing
from conformance.reference.differences import Defect
from conformance.reference.making import crash, crash_on_picture, on_form

if TYPE_CHECKING:
    from conformance.reference.values import Answer, Form, Upload

MANY_PARTS = 1000
URL = re.compile(rb"https?://[A-Za-z0-9.:\[\]-]+[^\s\"'<>]*")
NAMESPACE = b"http://www.w3.org/"
HTML = re.compile(rb"<(?:!doctype html|html|script|body)", re.IGNORECASE)


def is_bomb(content: bytes) -> bool:
    """Return whether a PNG declares more pixels than the gateway takes."""
    if not content.startswith(b"\x89PNG\r\n\x1a\n"):
        return False
    width, height = (int.from_bytes(content[i : i + 4], "big") for i in (16, 20))
    return width * height > drawing.MAX_PIXELS


def _fetched(content: bytes) -> None:
    for url in URL.findall(content):
        if url.startswith(NAMESPACE):
            continue
        try:
            httpx.get(url.decode(), timeout=2, trust_env=False)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            continue


def _svg_fetched(form: Form) -> Form:
    for part in form.parts:
        if b"<svg" in part.content[:1000]:
            _fetched(part.content)
    return form


def _text_fetched(form: Form) -> Form:
    for part in form.parts:
        if not part.is_file and part.content.startswith((b"http://", b"https://")):
            _fetched(part.content)
    return form


def _served_as_html(answer: Answer, upload: Upload) -> Answer:
    if HTML.search(upload.tail) is None:
        return answer
    return replace(answer, headers=(("Content-Type", "text/html"),))


DEFECTS = (
    Defect(
        "declared-pixels-500",
        "A picture that declares more pixels than there is memory for ends in a 500.",
        ("IMAGE-12",),
        crash_on_picture(lambda part: is_bomb(part.content)),
    ),
    Defect(
        "dots-in-file-name-500",
        "A file name with ../ in it ends in a 500.",
        ("IMAGE-12",),
        crash_on_picture(lambda part: "../" in (part.file_name or "")),
    ),
    Defect(
        "many-parts-500",
        "A form of thousands of parts ends in a 500.",
        ("IMAGE-12",),
        lambda b: replace(
            b,
            read_form=lambda body, boundary: (
                crash()
                if body.count(b"--" + boundary) > MANY_PARTS
                else b.read_form(body, boundary)
            ),
        ),
    ),
    Defect(
        "svg-url-fetched",
        "The URLs that an uploaded SVG names are fetched.",
        ("IMAGE-13",),
        on_form(_svg_fetched),
    ),
    Defect(
        "text-url-fetched",
        "A URL in a text field is fetched.",
        ("IMAGE-13",),
        on_form(_text_fetched),
    ),
    Defect(
        "picture-served-as-html",
        "A picture with HTML behind it is served as text/html.",
        ("IMAGE-14",),
        lambda b: replace(b, on_file=_served_as_html),
    ),
)
