"""Defects in the envelope of an error after the provider failed: ERROR-4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reference.differences import observed
from conformance.reference.making import edit_refusal, without

if TYPE_CHECKING:
    from conformance.reference.values import Fault, Json


def _uncoded(body: Json, fault: Fault) -> Json:
    gone = fault.code == "no_answer"
    return without(body, "status_code") if gone else body


DEFECTS = (
    observed(
        "status-code-lost-with-the-provider",
        "Where the provider gives no answer, the error has no status_code.",
        ("ERROR-4",),
        edit_refusal(_uncoded),
    ),
)
