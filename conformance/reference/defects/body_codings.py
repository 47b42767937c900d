"""Defects in the content coding of answers: BODY-3 and BODY-18."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.compressing import chosen, compressed, in_coding
from conformance.reference.differences import Defect
from conformance.reference.making import finish

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.differences import Patch
    from conformance.reference.values import Answer, Call

TRAILER = 8


def _successes(step: Callable[[Answer, str], Answer]) -> Patch:
    """Change each success whose client accepts a coding."""

    def coded(answer: Answer, call: Call) -> Answer:
        coding = chosen(call.header("accept-encoding") or "")
        return step(answer, coding) if coding and answer.status == 200 else answer  # noqa: PLR2004 - an HTTP status

    return finish(coded)


def _unnamed(answer: Answer, coding: str) -> Answer:
    return replace(answer, body=compressed(answer.body, coding))


def _whatever_was_asked(answer: Answer, _: Call) -> Answer:
    return in_coding(answer, "gzip")


DEFECTS = (
    Defect(
        "coding-kept-on-inflated-body",
        "A success says Content-Encoding: gzip, and its body is inflated already.",
        ("BODY-3",),
        _successes(lambda answer, coding: in_coding(answer, coding, answer.body)),
    ),
    Defect(
        "gzip-without-its-trailer",
        "A compressed success ends before its checksum.",
        ("BODY-3",),
        _successes(lambda a, c: in_coding(a, c, compressed(a.body, c)[:-TRAILER])),
    ),
    Defect(
        "compressed-without-saying-so",
        "A success is compressed, and no Content-Encoding says so.",
        ("BODY-3",),
        _successes(_unnamed),
    ),
    Defect(
        "compressed-whatever-was-asked",
        "Every answer is compressed, also for a client that wants no coding.",
        ("BODY-18",),
        finish(_whatever_was_asked),
    ),
)
