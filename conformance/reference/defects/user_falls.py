"""Defects of a process that ends because of a user: USER-2."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.reference.differences import Defect
from conformance.reference.ending import ends_process

if TYPE_CHECKING:
    from conformance.reference.values import Answer, Call

CONTROL = re.compile(rb'name="?user"?\r\n\r\n[^\r\n]*[\x00-\x08\x1b]')


def _has_control_characters(_: Answer, call: Call) -> bool:
    return CONTROL.search(call.body) is not None


DEFECTS = (
    Defect(
        "ends-late-of-control-user",
        "The process ends 200 ms after it answered a user with control characters, and is restarted.",
        ("USER-2",),
        ends_process(_has_control_characters, after_s=0.2),
    ),
)
