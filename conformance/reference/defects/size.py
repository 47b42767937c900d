"""Defects in how size is read, and in the pixels that are made: SIZE."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.behaviour import pixels_for
from conformance.reference.differences import Defect
from conformance.reference.fields import SIZES, one_of
from conformance.reference.making import crash_on_text, edit_success
from conformance.reference.reading import CONTROL

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.differences import Patch

DIMENSIONS = re.compile(r"[1-9][0-9]{1,3}x[1-9][0-9]{1,3}", re.ASCII)


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


DEFECTS = (
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
