"""Defects in what an answer to a bad request tells the client: ERROR-7 to ERROR-11."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.differences import Defect, observed
from conformance.reference.making import (
    edit_error,
    edit_message,
    edit_success,
    on_fault,
    on_refusal,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.differences import Patch
    from conformance.reference.values import Answer, Fault

MANY = 9
PYTHON_TRACE = (
    "Traceback (most recent call last):\n"
    '  File "gateway/handlers.py", line 118, in variations\n'
    "    raise ValueError(name)\n"
    "ValueError: "
)
HUNG_UP_TRACE = (
    "Traceback (most recent call last):\n"
    '  File "/usr/lib/python3/http/client.py", line 300, in _read_status\n'
    "    raise RuntimeError(line)\n"
)
GO_TRACE = "panic: invalid value\n\ngoroutine 42 [running]:\nmain.handle(0xc0000b6000)\n"
CONFLICT = 409
TOO_MANY = 429


def _blames_field(fault: Fault) -> bool:
    return fault.status == 400 and fault.param is not None  # noqa: PLR2004 - RFC 9110 §15.5.1


def _param(edit: Callable[[str], str]) -> Patch:
    return edit_error(
        lambda error, _: {**error, "param": edit(error["param"])} if "param" in error else error
    )


def _retried(answer: Answer, fault: Fault) -> Answer:
    if not _blames_field(fault):
        return answer
    return replace(answer, headers=(*answer.headers, ("x-should-retry", "true")))


DEFECTS = (
    Defect(
        "param-always-prompt",
        "error.param names a field that the endpoint does not have.",
        ("ERROR-7",),
        _param(lambda _: "prompt"),
    ),
    Defect(
        "success-with-error",
        "Where nine or more items are made, there is an error beside them.",
        ("ERROR-8",),
        edit_success(
            lambda body, order: (
                {**body, "error": {"message": "some items may be missing", "code": "partial"}}
                if order.n >= MANY
                else body
            )
        ),
    ),
    Defect(
        "python-trace-shown",
        "The message of a refusal is Python's traceback.",
        ("ERROR-9",),
        edit_message(lambda message: PYTHON_TRACE + message, when=_blames_field),
    ),
    Defect(
        "go-trace-shown",
        "The message of a refusal is the dump of a goroutine.",
        ("ERROR-9",),
        edit_message(lambda message: GO_TRACE + message, when=_blames_field),
    ),
    Defect(
        "path-shown",
        "The message of a refusal shows where the server keeps its files.",
        ("ERROR-10",),
        edit_message(lambda m: f"{m}: /var/lib/gateway/uploads/request.bin", when=_blames_field),
    ),
    observed(
        "trace-of-an-unanswered-call",
        "Where the provider gave no answer, the message is the traceback of the call.",
        ("ERROR-9", "ERROR-10", "PROVIDER-23"),
        edit_message(lambda message: HUNG_UP_TRACE + message, when=lambda f: f.code == "no_answer"),
    ),
    Defect(
        "missing-field-409",
        "A missing field is answered with 409, which clients send again.",
        ("ERROR-11",),
        on_fault(lambda f: replace(f, status=CONFLICT) if f.code == "missing_field" else f),
    ),
    Defect(
        "missing-field-429",
        "A missing field is answered with 429, which clients send again.",
        ("ERROR-11",),
        on_fault(lambda f: replace(f, status=TOO_MANY) if f.code == "missing_field" else f),
    ),
    Defect(
        "refusal-asks-for-retry",
        "A refusal asks the client to send the request again.",
        ("ERROR-11",),
        on_refusal(_retried),
    ),
)
