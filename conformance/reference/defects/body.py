"""Defects in the answer to a good request: BODY-1 to BODY-12."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.differences import Defect
from conformance.reference.making import (
    edit_item,
    edit_success,
    on_success,
    put_extra,
    without,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.differences import Patch
    from conformance.reference.values import Json, Order


def _status(status: int) -> Patch:
    return lambda b: replace(b, success_status=status)


def _put(**fields: object) -> Patch:
    return edit_success(lambda body, _: {**body, **fields})


def _put_usage(edit: Callable[[Json], Json]) -> Patch:
    return edit_success(lambda body, _: {**body, "usage": edit(body["usage"])})


def _left_out(*keys: str) -> Patch:
    return edit_success(lambda body, _: without(body, *keys))


def _rendered(render: Callable[[bytes], bytes]) -> Patch:
    return on_success(lambda answer, _: replace(answer, body=render(answer.body)))


def _no_data_for_auto(body: Json, order: Order) -> Json:
    return {**body, "data": None} if order.size == "auto" else body


def _no_data_for_foreign(body: Json, order: Order) -> Json:
    return body if (order.user or "").isascii() else {**body, "data": []}


def _twice(body: bytes) -> bytes:
    return body.replace(b'{"id":', b'{"created":0,"id":', 1)


def _details(usage: Json) -> Json:
    details = {**usage["output_tokens_details"], "text_tokens": 7}
    return {**usage, "output_tokens_details": details}


def _of_prompts(usage: Json) -> Json:
    return {
        "prompt_tokens": usage["input_tokens"],
        "completion_tokens": usage["output_tokens"],
        "total_tokens": usage["total_tokens"],
    }


def _negative(usage: Json) -> Json:
    return {
        **usage,
        "input_tokens": -1,
        "input_tokens_details": {"image_tokens": -1, "text_tokens": 0},
        "total_tokens": usage["output_tokens"] - 1,
    }


DEFECTS = (
    Defect("success-202", "A success is answered with 202.", ("BODY-1",), _status(202)),
    Defect("success-206", "A success is answered with 206.", ("BODY-1",), _status(206)),
    Defect("success-201", "A success is answered with 201.", ("BODY-2",), _status(201)),
    Defect(
        "success-as-text",
        "A success is text/plain.",
        ("BODY-3",),
        lambda b: replace(b, success_type="text/plain; charset=utf-8"),
    ),
    Defect(
        "success-with-nan",
        "A success has NaN for a number.",
        ("BODY-3",),
        _rendered(lambda body: body[:-1] + b',"quality_score":NaN}'),
    ),
    Defect(
        "success-with-byte-order-mark",
        "A success begins with a byte order mark.",
        ("BODY-3",),
        _rendered(lambda body: b"\xef\xbb\xbf" + body),
    ),
    Defect(
        "keys-twice",
        "A success has the key created twice.",
        ("BODY-4",),
        _rendered(_twice),
    ),
    Defect(
        "data-null",
        "With size=auto data is null.",
        ("BODY-5",),
        edit_success(_no_data_for_auto),
    ),
    Defect(
        "data-empty",
        "For a user that is not ASCII data is empty.",
        ("BODY-5",),
        edit_success(_no_data_for_foreign),
    ),
    Defect("id-missing", "A success has no id.", ("BODY-6",), _left_out("id")),
    Defect("created-missing", "A success has no created.", ("BODY-6",), _left_out("created")),
    Defect("model-missing", "A success has no model.", ("BODY-6",), _left_out("model")),
    Defect(
        "created-as-text",
        "created is a text.",
        ("BODY-7",),
        edit_success(lambda body, _: {**body, "created": str(body["created"])}),
    ),
    Defect(
        "latency-as-text",
        "latency is a text with a unit.",
        ("BODY-7",),
        put_extra(latency="12ms"),
    ),
    Defect("background-as-number", "background is a number.", ("BODY-7",), _put(background=0)),
    Defect(
        "revised-prompt-as-object",
        "revised_prompt is an object.",
        ("BODY-7",),
        edit_item(lambda item, _: {**item, "revised_prompt": {"text": "variation"}}),
    ),
    Defect(
        "nulls",
        "Keys without a value are null.",
        ("BODY-8",),
        _put(background=None, quality=None),
    ),
    Defect(
        "created-in-milliseconds",
        "created is in milliseconds.",
        ("BODY-9",),
        edit_success(lambda body, _: {**body, "created": body["created"] * 1000}),
    ),
    Defect("created-zero", "created is 0.", ("BODY-9",), _put(created=0)),
    Defect("id-constant", "Every answer has the same id.", ("BODY-10",), _put(id="img-0")),
    Defect(
        "index-from-one",
        "index counts from 1.",
        ("BODY-11",),
        edit_item(lambda item, _: {**item, "index": item["index"] + 1}),
    ),
    Defect(
        "index-always-zero",
        "index is 0 in every item.",
        ("BODY-11",),
        edit_item(lambda item, _: {**item, "index": 0}),
    ),
    Defect(
        "usage-total-wrong",
        "total_tokens is not the sum of the others.",
        ("BODY-12",),
        _put_usage(lambda usage: {**usage, "total_tokens": usage["total_tokens"] + 1}),
    ),
    Defect(
        "usage-details-wrong",
        "The details of output_tokens do not add up.",
        ("BODY-12",),
        _put_usage(_details),
    ),
    Defect(
        "usage-as-of-prompts",
        "usage has prompt_tokens and completion_tokens.",
        ("BODY-12",),
        _put_usage(_of_prompts),
    ),
    Defect(
        "usage-as-a-number-of-images",
        "usage has a number of images alone.",
        ("BODY-12",),
        _put_usage(lambda _: {"images": 1}),
    ),
    Defect("usage-negative", "A token count is negative.", ("BODY-12",), _put_usage(_negative)),
)
