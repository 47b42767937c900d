"""Defects of bytes that nobody asked for, behind an answer: ROBUST-11, and ROBUST-9 with it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.differences import Defect
from conformance.reference.making import both, finish

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.differences import Patch
    from conformance.reference.values import Answer, Call

ERRORS = 400
BODY = b'{"is_bifrost_error": false, "error": {"message": "an answer that nobody asked for"}}'
SECOND = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(BODY)
    + BODY
)


def _behind(content: bytes, when: Callable[[Answer, Call], bool], *, late_s: float = 0.0) -> Patch:
    def step(answer: Answer, call: Call) -> Answer:
        return replace(answer, behind=content, late_s=late_s) if when(answer, call) else answer

    return finish(step)


DEFECTS = (
    Defect(
        "body-behind-head",
        "The answer to HEAD has its body behind it.",
        ("ROBUST-11",),
        _behind(BODY, lambda _, call: call.method == "HEAD"),
    ),
    Defect(
        "late-body-behind-head",
        "The answer to HEAD has its body behind it, a fifth of a second later.",
        ("ROBUST-11",),
        _behind(BODY, lambda _, call: call.method == "HEAD", late_s=0.2),
    ),
    Defect(
        "second-answer-on-used-connections",
        "Where a connection is used again, a second answer comes behind each.",
        ("ROBUST-11",),
        _behind(SECOND, lambda _, call: call.nth > 1),
    ),
    Defect(
        "second-answer-a-moment-later",
        "Some milliseconds behind each refusal comes a second answer.",
        ("ROBUST-11",),
        _behind(SECOND, lambda answer, _: answer.status >= ERRORS, late_s=0.003),
    ),
    Defect(
        "bytes-behind-the-last-chunk",
        "Bytes come behind the last chunk of each refusal.",
        ("ROBUST-11",),
        both(
            lambda b: replace(b, chunked=True),
            _behind(b"0\r\n\r\n", lambda answer, _: answer.status >= ERRORS),
        ),
    ),
    Defect(
        "second-answer-behind-each",
        "Behind each answer comes a second one.",
        ("ROBUST-11", "ROBUST-9"),
        _behind(SECOND, lambda _answer, _call: True),
    ),
    Defect(
        "second-answer-behind-refusals",
        "Behind each refusal comes a second answer.",
        ("ROBUST-11", "ROBUST-9"),
        _behind(SECOND, lambda answer, _: answer.status >= ERRORS),
    ),
    Defect(
        "line-end-behind-bodies",
        "A line end that Content-Length does not count comes behind each body with pictures.",
        ("ROBUST-11",),
        _behind(b"\n", lambda answer, _: answer.status < ERRORS),
    ),
)
