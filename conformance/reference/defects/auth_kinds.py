"""Defects in forms that are read differently with another kind of credential: AUTH-16, AUTH-17."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.differences import Defect
from conformance.reference.making import on_call, token_of

if TYPE_CHECKING:
    from conformance.reference.differences import Patch
    from conformance.reference.values import Call

FIELD = rb'name="n"\r\n\r\n'
ZERO = re.compile(FIELD + rb"0(?=\r\n)")
FURTHER = re.compile(rb"(" + FIELD + rb"[^\r]*\r\n.*?" + FIELD + rb")[^\r]*", re.DOTALL)


def _with_a_jwt(pattern: re.Pattern[bytes], instead: bytes) -> Patch:
    """Change the body of each call whose credential is a JWT."""

    def step(call: Call) -> Call:
        if token_of(call).startswith("sk-bf-"):
            return call
        return replace(call, body=pattern.sub(instead, call.body, count=1))

    return on_call(step)


DEFECTS = (
    Defect(
        "range-of-one-kind-only",
        "With a JWT an n of 0 is taken for 1.",
        ("AUTH-16",),
        _with_a_jwt(ZERO, rb"name=\"n\"\r\n\r\n1"),
    ),
    Defect(
        "repeated-field-by-kind",
        "With a JWT the first of two values of n counts, with a virtual key the last one.",
        ("AUTH-17",),
        _with_a_jwt(FURTHER, rb"\g<1>1"),
    ),
)
