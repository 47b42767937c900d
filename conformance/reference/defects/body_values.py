"""Defects in the values of a success that no client can read: BODY-3 to BODY-12."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.differences import Defect
from conformance.reference.making import edit_success, on_success

if TYPE_CHECKING:
    from conformance.reference.values import Answer, Json, Order

# As Python's int() refuses them, and far beyond what floats hold.
UNREADABLE = 5_000
LEVELS = 960


def _long_created(answer: Answer, _: Order) -> Answer:
    """Write created with so many digits: a nanosecond counter that was never cut."""
    body = json.loads(answer.body)
    told = json.dumps(body["created"]).encode()
    return replace(
        answer,
        body=answer.body.replace(
            b'"created":' + told, b'"created":' + told * (UNREADABLE // len(told)), 1
        ),
    )


def _deep(answer: Answer, order: Order) -> Answer:
    """Show what was asked in a document that is nested beyond what readers take."""
    if order.size != "auto":
        return answer
    nested = b"[" * LEVELS + b"]" * LEVELS
    return replace(answer, body=answer.body[:-1] + b',"x_trace":' + nested + b"}")


def _counts(body: Json, _: Order) -> Json:
    return {**body, "usage": {**body["usage"], "total_tokens": 10**400}}


DEFECTS = (
    Defect(
        "created-of-5000-digits",
        "created is a number of 5,000 digits.",
        ("BODY-9",),
        on_success(_long_created),
    ),
    Defect(
        "success-960-levels-deep",
        "With size=auto a success is nested 960 levels deep.",
        ("BODY-3",),
        on_success(_deep),
    ),
    Defect(
        "usage-of-400-digits",
        "total_tokens is a number of 400 digits.",
        ("BODY-12",),
        edit_success(_counts),
    ),
)
