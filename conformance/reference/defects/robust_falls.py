"""Defects of a process that ends and is not started again: ROBUST-5."""

from __future__ import annotations

from conformance.reference.defects.model_falls import is_no_text
from conformance.reference.differences import Defect
from conformance.reference.ending import ends_process

DEFECTS = (
    Defect(
        "ends-of-odd-model-for-good",
        "The process ends shortly after it answered a model that is no UTF-8.",
        ("ROBUST-5",),
        ends_process(is_no_text, back_s=None),
    ),
)
