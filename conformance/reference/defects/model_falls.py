"""Defects of a process that ends because of a model: MODEL-3."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.differences import Defect
from conformance.reference.ending import ends_process
from conformance.reference.making import both, finish

if TYPE_CHECKING:
    from conformance.reference.values import Answer, Call

MODEL = re.compile(rb'name="?model"?\r\n(?:[^\r\n]+\r\n)*\r\n(.*?)\r\n--', re.DOTALL)


def is_no_text(_: Answer, call: Call) -> bool:
    """Return whether the model of a call is no UTF-8."""
    found = MODEL.search(call.body)
    try:
        (found[1] if found else b"").decode()
    except UnicodeDecodeError:
        return True
    return False


def _unanswered(answer: Answer, call: Call) -> Answer:
    return replace(answer, dropped=True) if is_no_text(answer, call) else answer


DEFECTS = (
    Defect(
        "ends-of-odd-model",
        "The process ends shortly after it answered a model that is no UTF-8, and is restarted.",
        ("MODEL-3",),
        ends_process(is_no_text),
    ),
    Defect(
        "ends-of-odd-model-unseen",
        "The process ends shortly after it answered a model that is no UTF-8; another serves at once.",
        ("MODEL-3",),
        ends_process(is_no_text, back_s=0.0),
    ),
    Defect(
        "ends-instead-of-an-answer",
        "The process ends instead of an answer to a model that is no UTF-8, and is restarted.",
        ("MODEL-3",),
        both(finish(_unanswered), ends_process(is_no_text, after_s=0.0)),
    ),
)
