"""Defects of a process that ends because of a request: ROBUST-5, and what forbids its input."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.differences import Defect
from conformance.reference.making import finish

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.differences import Patch
    from conformance.reference.values import Answer, Call

MODEL = re.compile(rb'name="?model"?\r\n(?:[^\r\n]+\r\n)*\r\n(.*?)\r\n--', re.DOTALL)
FRACTION = re.compile(rb'name="?n"?\r\n\r\n[0-9]+\.[0-9]+\r\n')
CONTROL_USER = re.compile(rb'name="?user"?\r\n\r\n[^\r\n]*[\x00-\x08\x1b]')
# A supervisor starts a process again after about so long.
BACK_S = 1.0


def _ends(
    when: Callable[[Call], bool], *, after_s: float = 0.01, back_s: float | None = BACK_S
) -> Patch:
    """End the process so long after the answer to a call, where `when` is true of it."""

    def step(answer: Answer, call: Call) -> Answer:
        return replace(answer, ends_in_s=after_s) if when(call) else answer

    def patch(b: Behaviour) -> Behaviour:
        return replace(finish(step)(b), back_after_s=back_s)

    return patch


def _model_is_no_text(call: Call) -> bool:
    found = MODEL.search(call.body)
    if found is None:
        return False
    try:
        found[1].decode()
    except UnicodeDecodeError:
        return True
    return False


def _n_is_a_fraction(call: Call) -> bool:
    return FRACTION.search(call.body) is not None


def _user_has_control_characters(call: Call) -> bool:
    return CONTROL_USER.search(call.body) is not None


DEFECTS = (
    Defect(
        "ends-of-odd-model",
        "The process ends shortly after it answered a model that is no UTF-8, and is restarted.",
        ("MODEL-3",),
        _ends(_model_is_no_text),
    ),
    Defect(
        "ends-of-odd-model-for-good",
        "The process ends shortly after it answered a model that is no UTF-8.",
        ("ROBUST-5",),
        _ends(_model_is_no_text, back_s=None),
    ),
    Defect(
        "ends-of-refused-fraction",
        "The process ends behind the refusal of a fraction in n, and is restarted.",
        ("N-4",),
        _ends(_n_is_a_fraction, after_s=0.0),
    ),
    Defect(
        "ends-late-of-control-user",
        "The process ends 200 ms after it answered a user with control characters, and is restarted.",
        ("USER-2",),
        _ends(_user_has_control_characters, after_s=0.2),
    ),
)
