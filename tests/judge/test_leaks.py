"""What counts as a leak in an error, and what any API may say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from conformance.judge.leaks import CLASSES, PAGES, PATHS, SOCKETS, TRACES, first, leak
from tests.values import exchange, request

if TYPE_CHECKING:
    from conformance.http.exchange import Exchange

EVERY = (TRACES, PATHS, SOCKETS, CLASSES, PAGES)

LEAKS = {
    "Python's httpx": "httpx.ConnectError: All connection attempts failed",
    "Python, deep": "aiohttp.client_exceptions.ServerDisconnectedError",
    "Python's repr": "ReadError('')",
    "Python's builtin": "KeyError: 'data'",
    "urllib3": "HTTPConnectionPool(host='provider', port=80): Max retries exceeded",
    "an object": "<urllib3.connection.HTTPConnection object at 0x7f3a5c0d2e10>",
    "Java": "java.net.SocketTimeoutException: Read timed out",
    "Java, short": "SocketTimeoutException: Read timed out",
    ".NET": "System.Net.Http.HttpRequestException: Connection refused",
    "Ruby": "Net::ReadTimeout",
    "Rust": "reqwest::Error { kind: Request }",
    "PHP": "GuzzleHttp\\Exception\\ConnectException",
    "Go": 'Post "http://provider/v1/images/variations": EOF',
    "Go's dial": "dial tcp: connect: connection refused",
    "Go's type": "*url.Error",
    "an address": "connect ECONNREFUSED 10.1.2.3:9500",
    "an address of version 6": "cannot reach [::1]:9500",
    "this machine": "cannot reach localhost:9500",
    "a page": "the provider said <!DOCTYPE html><title>Bad gateway</title>",
    "a trace": 'File "gateway.py", line 12',
    "a path": "/srv/gateway/config.yaml is missing",
}
INNOCENT = (
    "n must be from 1 to 10.",
    "RateLimitError: too many requests",
    "ValidationException: size is not known",
    "ThrottlingException",
    "invalid_request_error",
    "The provider timed out. Error 504 was returned at 10:30:12.",
    "upstream request timeout",
    "the provider answered 503: Overloaded (as the model asks for)",
    "openai/dall-e-2 failed; version 1.2.3.4",
    "see https://docs.example.com/errors#Error for help",
    "a <b>bold</b> message",
)


def answered(message: str) -> Exchange:
    return exchange(502, body=json.dumps({"error": {"message": message}}).encode())


@pytest.mark.parametrize("name", LEAKS)
def test_it_finds(name: str) -> None:
    assert first(EVERY, answered(LEAKS[name])) != ""


@pytest.mark.parametrize("message", INNOCENT)
def test_what_an_api_may_say_is_no_leak(message: str) -> None:
    assert first(EVERY, answered(message)) == ""


def test_what_the_request_holds_is_no_leak() -> None:
    quoted = "unknown model java.net.SocketTimeoutException"
    own = request(body=quoted.encode())
    assert leak(CLASSES, exchange(400, own, quoted.encode())) == ""


def test_the_gateways_own_address_is_no_leak() -> None:
    own = request(url="http://localhost:8080/v1/images/variations")
    assert leak(SOCKETS, exchange(400, own, b'{"instance": "http://127.0.0.1:8080/x"}')) == ""
    assert leak(SOCKETS, exchange(400, own, b'{"instance": "http://127.0.0.1:9500/x"}')) != ""
