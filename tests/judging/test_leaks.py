"""What counts as a leak in an error, and what any API may say."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from conformance.judging.leaks import (
    CLASSES,
    HOSTS,
    PAGES,
    PATHS,
    QUERIES,
    SOCKETS,
    TRACES,
    VARIABLES,
    first,
    leak,
)
from tests.values import exchange, request

if TYPE_CHECKING:
    from conformance.http.exchange import Exchange

EVERY = (TRACES, PATHS, SOCKETS, CLASSES, PAGES, HOSTS, QUERIES, VARIABLES)

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
    "a path of Windows": "cannot open C:\\gateway\\config.yaml",
    "a host of one label": "cannot reach http://image-store:9000/v1",
    "a host of one label without a port": "GET https://provider/v1 failed",
    "a host of a cluster": "lookup provider.prod.svc.cluster.local",
    "a host of a cloud": "ip-10-0-0-7.eu-west-1.compute.internal did not answer",
    "a host of a zone": "provider.internal:8443 did not answer",
    "a socket in the file system": "connect unix:///run/gateway.sock",
    "a query": 'SELECT id, name FROM "virtual_keys" WHERE value = $1',
    "a statement": "INSERT INTO logs (id) VALUES (1)",
    "PostgreSQL": 'relation "virtual_keys" does not exist',
    "SQLite": "UNIQUE constraint failed: logs.id",
    "a variable": "OPENAI_API_KEY=unset",
    "a variable by name": "set the OPENAI_API_KEY environment variable",
    "a variable of node": "process.env.PROVIDER_URL is undefined",
    "a variable of a shell": "key ${PROVIDER_KEY} not found",
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
    "INVALID_API_KEY",
    "SELECT A SIZE FROM THE LIST",
    "select n from 1 to 10",
    "errors.internal",
    "the field model_key=x is not known; MAX_N=10",
    "see https://docs.example.com:8443/errors",
    "DELETE is not allowed",
    "the environment variable part of the form",
    "//run/away",
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
    assert leak(HOSTS, exchange(400, own, b'{"instance": "http://gateway:8080/x"}')) == ""


@pytest.mark.parametrize(
    "line",
    [
        "at com.acme.Gateway.handle(Gateway.java:118)",
        "   at Acme.Gateway.Handle(String model, Int32 n) in /src/Gateway.cs:line 42",
        "#0 /srv/app/Gateway.php(31): Gateway->handle()",
        "gateway.rb:12:in `handle'",
        "thread 'main' panicked at src/main.rs:7:5",
        "thread 'main' panicked at 'no data', src/main.rs:7:5",
        "goroutine 42 [running]:",
        "    at handle (/app/server.js:10:5)",
    ],
)
def test_a_stack_trace_of_each_language_is_found(line: str) -> None:
    assert leak(TRACES, answered(line)) != ""


@pytest.mark.parametrize(
    "line", ["at line 3 of the form", "issue #1 of 2 (3): n", "it panicked at n"]
)
def test_prose_is_no_stack_trace(line: str) -> None:
    assert leak(TRACES, answered(line)) == ""


@pytest.mark.parametrize(
    "piece", ["a", "a.", "A.", "A", "a::", "a-", "A\\\\", "A_", "SELECT a,", "a/"]
)
def test_a_long_text_is_searched_in_time(piece: str) -> None:
    began = time.process_time()
    assert first(EVERY, answered(piece * (200_000 // len(piece)))) == ""
    assert time.process_time() - began < 3
