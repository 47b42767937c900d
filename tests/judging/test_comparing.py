"""Answers to the same bytes are alike whatever their ids and times are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from conformance.judging.comparing import alike, body_class, says_what_is_said_to
from tests.values import exchange

if TYPE_CHECKING:
    from conformance.http.exchange import Exchange

JSON = ("content-type", "application/json")


def saying(message: Any, status: int = 400, **more: Any) -> Exchange:
    return exchange(status, body=json.dumps({"error": {"message": message}, **more}).encode())


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "nothing"),
        (b"<html>", "text"),
        (b"[]", "JSON"),
        (b'{"detail": "x"}', "JSON"),
        (b'{"error": {"message": "x"}}', "an error envelope"),
        (b'{"error": "x"}', "an error envelope"),
        (b'{"data": [{"url": "http://x"}]}', "pictures"),
    ],
)
def test_a_body_is_of_a_class(body: bytes, kind: str) -> None:
    assert body_class(exchange(400, body=body)) == kind


def test_ids_times_key_order_headers_and_number_forms_make_no_difference() -> None:
    one = exchange(
        400,
        body=b'{"status_code": 400, "error": {"message": "no (id 1, 12:00:01)"}}',
        headers=(JSON, ("x-request-id", "1")),
    )
    other = exchange(
        400,
        body=b'{"error": {"event_id": "b", "message": "no (id 2)"}, "status_code": 400.0}',
        headers=(("content-type", "application/json; charset=utf-8"), ("server-timing", "a")),
    )
    assert alike(one, other)


@pytest.mark.parametrize(
    "other",
    [
        exchange(401, body=b'{"error": {"message": "no"}}'),
        exchange(
            400, body=b'{"error": {"message": "no"}}', headers=(("content-type", "text/html"),)
        ),
        exchange(400, body=b"no"),
        exchange(400, body=b'{"data": [{"url": "http://x"}]}'),
    ],
)
def test_another_status_media_type_or_class_makes_one(other: Exchange) -> None:
    assert not alike(exchange(400, body=b'{"error": {"message": "no"}}'), other)


def test_the_message_for_another_request_is_recognized_whatever_its_id() -> None:
    own, other = saying("n is no number (id 1)"), saying("not a form (id 2)")
    assert says_what_is_said_to(saying("not a form (id 3)"), other, own)


@pytest.mark.parametrize(
    ("said", "other", "own"),
    [
        ("n is no number (id 3)", "not a form (id 2)", "n is no number (id 1)"),
        ("bad request abcdef", "not a form", "bad request fedcba"),
        ("error 17", "error 16", "error 15"),
        ("the same for all", "the same for all", "the same for all"),
        (None, None, "n is no number"),
        (["not a form"], ["not a form"], "n is no number"),
        ("", "", "n is no number"),
    ],
)
def test_no_id_makes_a_message_that_of_another_request(said: Any, other: Any, own: Any) -> None:
    assert not says_what_is_said_to(saying(said), saying(other), saying(own))
