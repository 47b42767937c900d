"""Defects in the time that a form takes which is long in one place: IMAGE-12."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.differences import Defect
from conformance.reference.reading import boundary

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.differences import Patch
    from conformance.reference.values import Call

MINUTES_S = 300.0
# A form of 10,000 parts is another matter.
MANY = 15_000


def _takes_minutes(when: Callable[[Call], bool]) -> Patch:
    return lambda b: replace(b, reading_s=lambda call: MINUTES_S if when(call) else 0.0)


def _epilogue(call: Call) -> bytes:
    return call.body.rpartition(b"--" + boundary(call) + b"--")[2]


def _inside(call: Call) -> bytes:
    return call.body.partition(b"--" + boundary(call))[2].rpartition(b"--" + boundary(call))[0]


DEFECTS = (
    Defect(
        "epilogue-of-line-ends-takes-minutes",
        "Each line end behind the close-delimiter takes time.",
        ("IMAGE-12",),
        _takes_minutes(lambda call: _epilogue(call).count(b"\r\n") > MANY),
    ),
    Defect(
        "picture-of-delimiters-takes-minutes",
        "Each beginning of a delimiter in a picture takes time.",
        ("IMAGE-12",),
        _takes_minutes(lambda call: _inside(call).count(b"\r\n--") > MANY),
    ),
)
