"""Defects of a process that ends because of an n: N-4."""

from __future__ import annotations

import re

from conformance.reference.differences import Defect
from conformance.reference.ending import asked, ends_process

FRACTION = re.compile(rb'name="?n"?\r\n\r\n[0-9]+\.[0-9]*[1-9]\r\n')


DEFECTS = (
    Defect(
        "ends-of-refused-fraction",
        "The process ends behind the refusal of an n that is not whole, and is restarted.",
        ("N-4",),
        ends_process(asked(FRACTION), after_s=0.0),
    ),
)
