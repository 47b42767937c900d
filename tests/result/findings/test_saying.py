from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.result.exchange_summary import ExchangeSummary
from conformance.result.findings import failures, saying
from conformance.result.model import Check, Status


def answer(body: Any, content_type: str = "application/json") -> ExchangeSummary:
    text = body if isinstance(body, str) else json.dumps(body)
    return ExchangeSummary(
        "x1",
        "n=11",
        "POST",
        "http://gateway/v1/images/variations",
        status=500,
        reply_headers=(("content-type", content_type),),
        reply_body=text,
    )


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"error": {"message": "n is wrong", "type": "x"}, "is_bifrost_error": True}, "n is wrong"),
        ({"error": "n is wrong"}, "n is wrong"),
        ({"detail": "Not Found"}, "Not Found"),
        ({"detail": [{"loc": ["body", "n"], "msg": "Field required"}]}, "Field required"),
        ({"message": "no Route matched with those values"}, "no Route matched with those values"),
        ({"errors": [{"message": "one"}, {"message": "two"}]}, "one"),
        ({"title": "Bad Request", "status": 400}, "Bad Request"),
        ("<html><head><title>502 Bad Gateway</title></head></html>", "502 Bad Gateway"),
        ("<h1>Oops</h1>", "Oops"),
        ("Internal Server Error", "Internal Server Error"),
        ("Traceback (most recent call last):\n  File\nValueError: abc", "ValueError: abc"),
        ({"status": 1}, ""),
        ([], ""),
        ("", ""),
        ("[" * 5000, "[" * 4000),
    ],
)
def test_the_message_of_an_error(body: Any, message: str) -> None:
    assert saying.message_of(answer(body)) == message


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "n must be at most 10 (request id: 8f3a2b1c9d)",
            "n must be at most 12 (request id: 17ffab02)",
        ),
        ("'abc' is no number", "'true' is no number"),
        ('Invalid value: "1x1".', 'Invalid value: "2x2"'),
        ("see https://a.example/1", "see https://b.example/2"),
        ("Traceback\nKeyError: 'n'", "Traceback (most recent)\n  x = 1\nKeyError: 'size'"),
    ],
)
def test_two_messages_for_one_reason_have_one_template(one: str, other: str) -> None:
    assert saying.template_of(one) == saying.template_of(other)


def test_two_reasons_have_two_templates() -> None:
    assert saying.template_of("n is no number") != saying.template_of("size is no number")


@pytest.mark.parametrize(
    "message",
    ["Internal Server Error", "internal error.", "Bad Request", "", "Something went wrong!"],
)
def test_what_every_fault_may_say_tells_nothing(message: str) -> None:
    assert saying.is_generic(saying.template_of(message))


def test_a_body_has_a_shape() -> None:
    assert (
        saying.shape_of(answer({"error": {"message": "x"}, "detail": 1}))
        == "JSON with detail, error"
    )
    assert saying.shape_of(answer("[1]")) == "JSON that is no object"
    assert saying.shape_of(answer("<p>", "text/html; charset=utf-8")) == "text/html"
    assert saying.shape_of(answer("")) == "nothing"


def test_the_documented_frame_is_known_by_its_own_keys() -> None:
    assert saying.is_documented(answer({"is_bifrost_error": False, "error": {}}))
    assert not saying.is_documented(answer({"error": {"message": "x"}}))
    assert not saying.is_documented(answer("is_bifrost_error"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("b64_json: " + "iVBORw0K" * 20, "b64_json: (160 characters of base64)"),
        ("iVBORw0\\/" * 20 + "==", "(182 characters of base64)"),
        (f"'{'iVBORw0KGgoA' * 3}...{'QIYAA8/QO1' * 2}'", "'(base64)'"),
        ("f" * 64, "f" * 64),
        ("an answer... and more", "an answer... and more"),
    ],
)
def test_base64_is_told_by_its_length(text: str, shown: str) -> None:
    assert saying.without_blobs(text) == shown


def test_of_several_answers_the_faulty_one_that_came_is_the_witness() -> None:
    exchanges = {
        id_: ExchangeSummary(id_, id_, "POST", "http://g.example", status=status, twin=twin)
        for id_, status, twin in (
            ("own", 401, "good"),
            ("good", 200, None),
            ("served", 200, "good"),
        )
    }
    check = Check("a.py::test_a", Status.FAIL, "expected no entry\ngot 200: {}", tuple(exchanges))
    assert [e.id for e in failures.witnesses(check, exchanges)] == ["served"]
