"""Defects of a process that ends because of an n: N-4."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.reference.differences import Defect
from conformance.reference.ending import ends_process

if TYPE_CHECKING:
    from conformance.reference.values import Answer, Call

FRACTION = re.compile(rb'name="?n"?\r\n\r\n[0-9]+\.[0-9]*[1-9]\r\n')


def _is_a_fraction(_: Answer, call: Call) -> bool:
    return FRACTION.search(call.body) is not None


DEFECTS = (
    Defect(
        "ends-of-refused-fraction",
        "The process ends behind the refusal of an n that is not whole, and is restarted.",
        ("N-4",),
        ends_process(_is_a_fraction, after_s=0.0),
    ),
)
