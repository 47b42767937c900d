"""Defects in the envelope of an answer to a bad request: ERROR-1 to ERROR-6."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.compressing import in_coding
from conformance.reference.differences import Defect, observed
from conformance.reference.making import edit_error, edit_message, edit_refusal, on_refusal, without

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.differences import Patch
    from conformance.reference.values import Answer, Fault

LIMIT = 2_000_000
HTML = ("Content-Type", "text/html")
TEXT = ("Content-Type", "text/plain")
TOO_LARGE = 413


def _is_own(fault: Fault) -> bool:
    return not fault.by_provider


def _unanswered(fault: Fault) -> bool:
    return fault.code == "no_answer"


def _typed(answer: Answer, content_type: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    others = tuple(header for header in answer.headers if header[0].lower() != "content-type")
    return (*others, content_type)


def _own_refusal(step: Callable[[Answer, Fault], Answer]) -> Patch:
    """Change the answer to what the gateway itself refuses, not to what its provider does."""
    return on_refusal(lambda answer, fault: step(answer, fault) if _is_own(fault) else answer)


def _instead(body: Callable[[Fault], bytes], content_type: tuple[str, str]) -> Patch:
    return _own_refusal(
        lambda answer, fault: replace(
            answer, headers=_typed(answer, content_type), body=body(fault)
        )
    )


def _detail(fault: Fault) -> bytes:
    return json.dumps({"detail": fault.message}).encode()


def _framework_detail(answer: Answer, fault: Fault) -> Answer:
    if fault.code != "missing_field":
        return answer
    detail = [{"loc": ["body", fault.param], "msg": "Field required", "type": "missing"}]
    return replace(answer, body=json.dumps({"detail": detail}).encode())


def _media_as_text(answer: Answer, fault: Fault) -> Answer:
    if fault.code != "invalid_media_type":
        return answer
    return replace(answer, headers=_typed(answer, TEXT), body=b"Unsupported Media Type")


def _plain_413(answer: Answer, _: Fault) -> Answer:
    if answer.status != TOO_LARGE:
        return answer
    return replace(
        answer,
        headers=_typed(answer, HTML),
        body=b"<html><h1>413 Request Entity Too Large</h1></html>",
    )


DEFECTS = (
    Defect(
        "detail-instead-of-envelope",
        "Refusals are the framework's own: a detail and nothing else.",
        ("ERROR-1",),
        _instead(_detail, ("Content-Type", "application/json")),
    ),
    Defect(
        "missing-field-without-envelope",
        "Only a missing field is refused in the framework's own words.",
        ("ERROR-1",),
        on_refusal(_framework_detail),
    ),
    Defect(
        "media-type-without-envelope",
        "Only a wrong media type is refused in plain text.",
        ("ERROR-1",),
        on_refusal(_media_as_text),
    ),
    Defect(
        "html-instead-of-envelope",
        "Refusals are pages in HTML.",
        ("ERROR-1",),
        _instead(lambda _: b"<html><h1>Bad Request</h1></html>", HTML),
    ),
    Defect(
        "envelope-without-mark",
        "The envelope lacks is_bifrost_error.",
        ("ERROR-1",),
        edit_refusal(lambda body, f: without(body, "is_bifrost_error") if _is_own(f) else body),
    ),
    Defect(
        "envelope-without-message",
        "The envelope's message is empty.",
        ("ERROR-1",),
        edit_message(lambda _: "", when=_is_own),
    ),
    Defect(
        "envelope-as-text",
        "The envelope is sent as text/plain.",
        ("ERROR-1",),
        _own_refusal(lambda answer, _: replace(answer, headers=_typed(answer, TEXT))),
    ),
    Defect(
        "coding-kept-on-inflated-error",
        "A refusal says Content-Encoding: gzip, and its body is inflated already.",
        ("ERROR-1",),
        _own_refusal(lambda answer, _: in_coding(answer, "gzip", answer.body)),
    ),
    Defect(
        "too-large-without-envelope",
        "A body of more than two megabytes is answered with 413 in HTML.",
        ("ERROR-2",),
        lambda b: replace(on_refusal(_plain_413)(b), max_body=LIMIT),
    ),
    Defect(
        "status-code-wrong",
        "Where the model is not known yet, status_code is 500 whatever the HTTP status.",
        ("ERROR-3",),
        edit_refusal(lambda body, f: body if f.provider else {**body, "status_code": 500}),
    ),
    Defect(
        "status-code-as-text",
        "status_code is a text.",
        ("ERROR-3",),
        edit_refusal(lambda body, _: {**body, "status_code": str(body["status_code"])}),
    ),
    Defect(
        "status-code-missing",
        "status_code is missing.",
        ("ERROR-4",),
        edit_refusal(lambda body, _: without(body, "status_code")),
    ),
    Defect(
        "providers-status-kept",
        "status_code is the provider's status, not the one that is sent.",
        ("ERROR-4",),
        edit_refusal(lambda body, f: body if _is_own(f) else {**body, "status_code": 503}),
    ),
    observed(
        "unanswered-without-status-code",
        "Where the provider gave no answer, status_code is missing.",
        ("ERROR-4",),
        edit_refusal(lambda body, f: without(body, "status_code") if _unanswered(f) else body),
    ),
    Defect(
        "error-code-as-number",
        "error.code is a number.",
        ("ERROR-5",),
        edit_error(lambda error, fault: {**error, "code": fault.status}),
    ),
    Defect(
        "param-as-list",
        "error.param is a list.",
        ("ERROR-5",),
        edit_error(
            lambda error, _: {**error, "param": [error["param"]]} if "param" in error else error
        ),
    ),
    Defect(
        "event-id-as-number",
        "event_id is a number.",
        ("ERROR-5",),
        edit_refusal(lambda body, _: {**body, "event_id": 4711}),
    ),
    Defect(
        "error-nulls",
        "Keys of the envelope without a value are null.",
        ("ERROR-6",),
        edit_error(lambda error, _: {"param": None, **error}),
    ),
)
