"""Defects of a process that ends because of a user: USER-2."""

from __future__ import annotations

import re

from conformance.reference.differences import Defect
from conformance.reference.ending import asked, ends_process

CONTROL = re.compile(rb'name="?user"?\r\n\r\n[^\r\n]*[\x00-\x08\x1b]')


DEFECTS = (
    Defect(
        "ends-late-of-control-user",
        "The process ends 200 ms after it answered a user with control characters, and is restarted.",
        ("USER-2",),
        ends_process(asked(CONTROL), after_s=0.2),
    ),
)
