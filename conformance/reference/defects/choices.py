"""Defects in how size, response_format, stream and user are read."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.behaviour import pixels_for
from conformance.reference.defects.making import (
    Defect,
    crash_on_text,
    edit_success,
    on_success,
    shown,
)
from conformance.reference.fields import FORMATS, SIZES, one_of
from conformance.reference.values import Answer, Order, refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.defects.making import Patch

DIMENSIONS = re.compile(r"[1-9][0-9]{1,3}x[1-9][0-9]{1,3}", re.ASCII)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
USER_LIMIT = 64


def _reads_size(read: Callable[[str], str]) -> Patch:
    return lambda b: replace(b, read_size=read)


def _lacks(size: str) -> Patch:
    return lambda b: replace(b, accepts_size=one_of(tuple(s for s in SIZES if s != size)))


def _takes_size(when: Callable[[str], bool]) -> Patch:
    return lambda b: replace(b, accepts_size=lambda text: text in SIZES or when(text))


def _draws(sizes: dict[str, tuple[int, int]]) -> Patch:
    return lambda b: replace(b, pixels_for=lambda size: sizes.get(str(size)) or pixels_for(size))


def _listed_start(text: str) -> str:
    return next((size for size in SIZES if text.startswith(size)), text)


SIZE = (
    Defect("size-1792x1024-refused", "1792x1024 is refused.", ("SIZE-1",), _lacks("1792x1024")),
    Defect("size-auto-refused", "auto is refused.", ("SIZE-1",), _lacks("auto")),
    Defect(
        "size-other-accepted",
        "Every width and height is accepted.",
        ("SIZE-2",),
        _takes_size(lambda s: DIMENSIONS.fullmatch(s) is not None),
    ),
    Defect(
        "size-case-folded", "size is accepted in any case.", ("SIZE-2",), _reads_size(str.lower)
    ),
    Defect(
        "size-beginning-compared",
        "Whatever begins with a listed size is accepted.",
        ("SIZE-2",),
        _reads_size(lambda s: s if s != s.strip() else _listed_start(s)),
    ),
    Defect(
        "size-other-500",
        "A size that is not listed ends in a 500.",
        ("SIZE-2",),
        crash_on_text(
            "size", lambda s: " " not in s and s.isprintable() and s not in (*SIZES, "", "null")
        ),
    ),
    Defect(
        "size-stripped", "White space around size is ignored.", ("SIZE-3",), _reads_size(str.strip)
    ),
    Defect(
        "size-line-end-accepted",
        "A line end after size is accepted.",
        ("SIZE-3",),
        _reads_size(lambda s: s.removesuffix("\n").removesuffix("\r")),
    ),
    Defect(
        "size-empty-500",
        "An empty size ends in a 500.",
        ("SIZE-4",),
        crash_on_text("size", lambda s: s == ""),
    ),
    Defect(
        "size-null-500",
        "A size of null ends in a 500.",
        ("SIZE-4",),
        crash_on_text("size", lambda s: s == "null"),
    ),
    Defect(
        "size-control-500",
        "A control character in size ends in a 500.",
        ("SIZE-4",),
        crash_on_text("size", lambda s: CONTROL.search(s) is not None),
    ),
    Defect(
        "size-turned",
        "1792x1024 is made upright.",
        ("SIZE-5",),
        _draws({"1792x1024": (1024, 1792)}),
    ),
    Defect(
        "size-wide-made-square",
        "1536x1024 is made square.",
        ("SIZE-5",),
        _draws({"1536x1024": (1024, 1024)}),
    ),
    Defect(
        "size-one-pixel-short",
        "1024x1536 is made one pixel short.",
        ("SIZE-5",),
        _draws({"1024x1536": (1024, 1535)}),
    ),
    Defect(
        "size-ignored-when-wide",
        "Sizes that are not square are ignored.",
        ("SIZE-5",),
        lambda b: replace(
            b, pixels_for=lambda size: p if (p := b.pixels_for(size))[0] == p[1] else (1024, 1024)
        ),
    ),
    Defect(
        "size-named-wrong",
        "size in the answer is always 1024x1024.",
        ("SIZE-6",),
        edit_success(lambda body, _: {**body, "size": "1024x1024"}),
    ),
)


def _reads_format(read: Callable[[str], str]) -> Patch:
    return lambda b: replace(b, read_format=read)


FORMAT_READ = (
    Defect(
        "default-b64-json",
        "Without response_format the pictures come in base64.",
        ("FORMAT-1",),
        lambda b: replace(b, default_format="b64_json"),
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
        "format-white-space-stripped",
        "White space around response_format is taken away.",
        ("FORMAT-10",),
        _reads_format(str.strip),
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
)


def _as_events(answer: Answer) -> Answer:
    events = b"event: image\ndata: " + answer.body + b"\n\ndata: [DONE]\n\n"
    return replace(answer, headers=(("Content-Type", "text/event-stream"),), body=events)


def _wants_events(order: Order) -> bool:
    return "text/event-stream" in (order.call.header("accept") or "")


STREAM = (
    Defect(
        "stream-true-streams",
        "stream=true is answered with an event stream.",
        ("STREAM-1",),
        on_success(lambda a, o: _as_events(a) if shown(o.form, "stream") == "true" else a),
    ),
    Defect(
        "accept-streams",
        "Accept: text/event-stream is answered with an event stream.",
        ("STREAM-2",),
        on_success(lambda a, o: _as_events(a) if _wants_events(o) else a),
    ),
)


def _reads_user(refused: Callable[[str], bool]) -> Patch:
    def patch_user(user: str) -> str:
        if refused(user):
            raise refuse("user is not allowed", "user")
        return user

    return lambda b: replace(b, read_user=lambda user: patch_user(b.read_user(user)))


USER = (
    Defect(
        "user-ascii-only",
        "A user that is not ASCII is refused.",
        ("USER-1",),
        _reads_user(lambda user: not user.isascii()),
    ),
    Defect(
        "user-64-refused",
        "A user of 64 characters is refused: the limit is off by one.",
        ("USER-1",),
        _reads_user(lambda user: len(user) == USER_LIMIT),
    ),
    Defect(
        "user-one-character-refused",
        "A user of one character is refused.",
        ("USER-1",),
        _reads_user(lambda user: len(user) == 1),
    ),
    Defect(
        "user-long-500",
        "A user of more than 64 characters ends in a 500.",
        ("USER-2",),
        crash_on_text("user", lambda user: len(user) > USER_LIMIT),
    ),
    Defect(
        "user-control-500",
        "A control character in user ends in a 500.",
        ("USER-2",),
        crash_on_text("user", lambda user: CONTROL.search(user) is not None),
    ),
)
