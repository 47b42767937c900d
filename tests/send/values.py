"""Requests and exchanges as values, for the parts of the sender that open no connection."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.http.exchange import Exchange, Reply
from conformance.http.request import Request

if TYPE_CHECKING:
    from conformance.http.exchange import Failure

PLAIN = Request(label="plain", url="http://127.0.0.1:1/", headers=(), body=b"body", pictures=1)


def asked(**changes: Any) -> Request:
    return replace(PLAIN, **changes)


REFUSED = asked(label="to be refused", expected="refused", pictures=0)


def answered(status: int | None, request: Request = PLAIN, **headers: str) -> Exchange:
    """An answer with these headers; without a status, a connection that broke."""
    if status is None:
        return failed("dropped", request)
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Exchange(request, Reply(status, named, b"{}"))


def pictures(count: int, request: Request = PLAIN) -> Exchange:
    body = b'{"data": [' + b",".join([b"{}"] * count) + b"]}"
    return Exchange(request, Reply(200, (), body))


def failed(failure: Failure, request: Request = PLAIN) -> Exchange:
    return Exchange(request, None, failure, failure)
