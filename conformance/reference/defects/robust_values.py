"""Defects in long values, and in parts that a reader tries to decode: ROBUST-1."""

from __future__ import annotations

from conformance.reference.differences import Defect
from conformance.reference.making import crash_on_form, crash_on_text

LONGEST = 65_535


DEFECTS = (
    Defect(
        "size-of-70000-characters-500",
        "A size that is longer than a text column ends in a 500.",
        ("ROBUST-1",),
        crash_on_text("size", lambda size: len(size) > LONGEST),
    ),
    Defect(
        "unknown-charset-500",
        "A text field in a charset that is not known ends in a 500.",
        ("ROBUST-1",),
        crash_on_form(
            lambda form: any("charset=x-none" in (p.content_type or "") for p in form.parts)
        ),
    ),
)
