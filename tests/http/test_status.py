"""What a status means: accepted, refused, failed, or try again later."""

from __future__ import annotations

import pytest

from conformance.http import status
from conformance.http.exchange import Exchange, Failure, Reply
from conformance.http.request import Request


def answered(code: int | None, failure: Failure | None = None, **headers: str) -> Exchange:
    request = Request(url="http://127.0.0.1:1/", headers=(), body=b"")
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Exchange(request, None if code is None else Reply(code, named, b""), failure)


@pytest.mark.parametrize(
    ("code", "kind", "classes"),
    [
        (200, 2, set()),
        (299, 2, set()),
        (301, 3, {"is_redirect"}),
        (400, 4, {"is_client_error", "is_error"}),
        (429, 4, {"is_client_error", "is_error", "may_be_busy"}),
        (500, 5, {"is_error", "has_failed"}),
        (503, 5, {"is_error", "has_failed", "may_be_busy"}),
        (None, 5, {"has_failed"}),
    ],
)
def test_a_status_has_a_kind_and_is_in_these_classes(
    code: int | None, kind: int, classes: set[str]
) -> None:
    every = (
        *(status.is_redirect, status.is_client_error),
        *(status.is_error, status.has_failed, status.may_be_busy),
    )
    assert status.kind(code) == kind
    assert {function.__name__ for function in every if function(code)} == classes


@pytest.mark.parametrize(
    ("exchange", "classes"),
    [
        (answered(200), set()),
        (answered(400), {"is_refusal"}),
        (answered(408), {"asks_to_retry"}),
        (answered(429), {"asks_to_retry"}),
        (answered(500), {"is_server_error"}),
        (answered(501), set()),
        (answered(503), {"is_server_error"}),
        (answered(503, retry_after="1"), {"asks_to_retry"}),
        (answered(None, "dropped"), set()),
        (answered(None, "unreachable"), set()),
        (answered(None, "budget"), {"was_never_asked"}),
        (answered(None, "down"), {"was_never_asked"}),
        (answered(None, "overtime"), {"was_never_asked"}),
    ],
)
def test_an_answer_is_refusal_failure_or_a_wish_to_come_again(
    exchange: Exchange, classes: set[str]
) -> None:
    every = (
        *(status.is_refusal, status.is_server_error),
        *(status.asks_to_retry, status.was_never_asked),
    )
    assert {function.__name__ for function in every if function(exchange)} == classes
