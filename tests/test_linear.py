"""Nothing that a gateway sends costs more than linear time: each reader, with what made one slow."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from conformance.checks import test_body, test_body_usage, test_error, test_format
from conformance.http import bounds, codings, payload
from conformance.http.exchange import Exchange, Reply
from conformance.http.images import condensing
from conformance.http.reading import foreign_json
from conformance.http.redacting import redaction
from conformance.http.said import said
from conformance.judging import comparing, leaks, schemas
from conformance.judging.undocumented import undocumented
from conformance.send import batches
from conformance.send.rates import told
from tests.measuring import SHORT, is_linear
from tests.values import request

if TYPE_CHECKING:
    from collections.abc import Callable

SCHEMA: dict[str, Any] = {"properties": {"data": {"items": {"properties": {"url": {}}}}}}


def answer(body: bytes, status: int = 200, **headers: str) -> Exchange:
    pairs = tuple((k.replace("_", "-"), v) for k, v in headers.items())
    return Exchange(request(), Reply(status, pairs, body))


def repeated(unit: str) -> Callable[[int], str]:
    return lambda size: (unit * (size // len(unit) + 1))[:size]


def keys_alike(size: int) -> bytes:
    return b"{" + b'"a":1,' * (size // 6) + b'"b":1}'


def keys_apart(size: int) -> bytes:
    return json.dumps({f"k{i}": None for i in range(size // 12)}).encode()


def under_a_long_key(size: int) -> bytes:
    return json.dumps({"k" * size: {f"{i}": 1 for i in range(size // 8)}}).encode()


def items(size: int) -> bytes:
    return json.dumps({"data": [{"url": 1, "x": None}] * (size // 20)}).encode()


def nested(size: int) -> bytes:
    return b'{"a":' * min(size // 10, 900) + b"1" + b"}" * min(size // 10, 900)


def long_message(size: int) -> bytes:
    return json.dumps({"is_bifrost_error": True, "error": {"message": "a" * size}}).encode()


def long_base64(size: int) -> bytes:
    return b'{"data":[{"b64_json":"%s"}]}' % (b"AAAA" * (max(size, 70_000) // 4))


def many_starts_of_base64(size: int) -> bytes:
    return b'"b64_json":"AAAA' * (size // 16)


def backslashes(size: int) -> bytes:
    return b'"b64_json' + b"\\" * size


def quotes(size: int) -> bytes:
    return b"{" + b'"' * size


def white_space(size: int) -> bytes:
    return b'{"b64_json"' + b" " * size


JSONS = (keys_alike, keys_apart, under_a_long_key, items, nested, long_message)
BODIES = (*JSONS, long_base64, many_starts_of_base64, backslashes, quotes, white_space)
# What patterns look for, again and again, and without an end.
TEXTS = [
    *(
        "a",
        "A",
        "a.",
        "A.",
        "a_",
        "A_",
        "a::",
        "A\\",
        "a-",
        "a/",
        "/",
        "[",
        "[a:",
        "1.",
        "at a(",
        "at a[",
    ),
    *(
        "SELECT a,",
        "SELECT a ",
        "http://a",
        "lookup ",
        "${A",
        "A_KEY=",
        "env variable ",
        "<h1>",
        "<title>",
    ),
    *(
        "<a ",
        "«whole credential:",
        "a Error",
        "Exception",
        "goroutine 1",
        "{",
        '{"error":',
        "unix:/",
        "\n",
    ),
]
HEADERS = [
    "1",
    "1s",
    "1m",
    " ",
    ";",
    "; w=1",
    ";q=1 ",
    ",",
    "t=1",
    "reset=",
    "Mon, ",
    "1:",
    "(",
    "\\",
]


def of_json(read: Callable[[Exchange], object]) -> Callable[[bytes], object]:
    return lambda body: read(answer(body))


def matches_of(name: str) -> Callable[[str], object]:
    pattern = getattr(leaks, name)
    return lambda text: sum(1 for _ in pattern.finditer(text))


READERS_OF_BODIES: dict[str, Callable[[bytes], object]] = {
    "keys that occur twice": lambda body: foreign_json.repeated_keys(body.decode()),
    "strict JSON": of_json(test_body.not_strict),
    "pictures of data": of_json(test_body.no_pictures),
    "no base64": of_json(lambda e: [*test_format.not_base64(e)]),
    "no url": of_json(lambda e: [*test_format.without_url(e)]),
    "no envelope": of_json(test_error.no_envelope),
    "token counts": of_json(lambda e: [*test_body_usage.miscounted(e.body)]),
    "secrets": of_json(lambda e: [*schemas.secrets_in(e.json)]),
    "types": of_json(lambda e: e.reply and schemas.type_problems(e.reply, test_body.SCHEMA)),
    "undocumented keys": of_json(lambda e: [*undocumented(e.json, SCHEMA)]),
    "texts": of_json(lambda e: e.reply and e.reply.texts),
    "pictures": of_json(lambda e: (payload.measured(e), payload.pictures_in(e))),
    "kind": of_json(batches.kind_of),
    "message": of_json(lambda e: comparing.says_what_is_said_to(e, e, answer(b"{}"))),
    "condensed": condensing.condensed,
    "cost": lambda body: bounds.cost_of(Reply(200, (), body)),
    "fitted": lambda body: bounds.fitted(Reply(200, (), body), bounds.Allowance()),
}
READERS_OF_TEXTS: dict[str, Callable[[str], object]] = {
    **{
        name: matches_of(name)
        for name in (
            "TRACES",
            "PATHS",
            "SOCKETS",
            "HOSTS",
            "QUERIES",
            "VARIABLES",
            "CLASSES",
            "PAGES",
        )
    },
    "a leak": lambda text: leaks.first([leaks.PATHS, leaks.HOSTS], answer(text.encode(), 400)),
    "what is said": lambda text: said(400, (), text, {"a": "b", "/x": "y"}),
    "what is said in JSON": lambda text: said(400, (), json.dumps({"error": {"message": text}})),
    "marks": lambda text: sum(1 for _ in redaction.MARK.finditer(text)),
    "a masked secret": lambda text: [*schemas.secrets_in({"api_key": text})],
    "the name of a secret": lambda text: [*schemas.secrets_in({text: "x"})],
    "an absolute url": test_format.absolute,
}


@pytest.mark.parametrize("name", READERS_OF_BODIES)
def test_a_reader_of_bodies_takes_linear_time(name: str) -> None:
    read = READERS_OF_BODIES[name]

    def work(made: Callable[[int], bytes]) -> Callable[[int], Callable[[], object]]:
        def of(size: int) -> Callable[[], object]:
            body = made(size)
            return lambda: read(body)

        return of

    found = {made.__name__: is_linear(work(made)) for made in BODIES}
    assert not {k: v for k, v in found.items() if v}


@pytest.mark.parametrize("name", READERS_OF_TEXTS)
def test_a_reader_of_texts_takes_linear_time(name: str) -> None:
    read = READERS_OF_TEXTS[name]

    def work(unit: str) -> Callable[[int], Callable[[], object]]:
        def of(size: int) -> Callable[[], object]:
            text = repeated(unit)(size)
            return lambda: read(text)

        return of

    found = {unit: is_linear(work(unit), SHORT // 2) for unit in TEXTS}
    assert not {k: v for k, v in found.items() if v}


@pytest.mark.parametrize(
    "name", ["retry-after", "retry-after-ms", "x-ratelimit-reset", "ratelimit", "ratelimit-policy"]
)
def test_what_headers_tell_is_read_in_linear_time(name: str) -> None:
    def work(unit: str) -> Callable[[int], Callable[[], object]]:
        def of(size: int) -> Callable[[], object]:
            reply = Reply(429, ((name, repeated(unit)(size)),), b"")
            return lambda: told.told(reply, 0.0)

        return of

    found = {unit: is_linear(work(unit)) for unit in HEADERS}
    assert not {k: v for k, v in found.items() if v}


def members(size: int) -> bytes:
    return gzip.compress(b"") * (size // 20)


def stored(size: int) -> bytes:
    """Deflate blocks without anything in them (RFC 1951 §3.2.4), and a broken one at the end."""
    return b"\x78\x9c" + b"\x00\x00\x00\xff\xff" * (size // 5) + b"\x07"


def layers(size: int) -> bytes:
    return gzip.compress(gzip.compress(bytes(size)))


def broken(size: int) -> bytes:
    return zlib.compress(bytes(range(256)) * (size // 256))[:-5] + b"xxxxx"


@pytest.mark.parametrize("made", [members, stored, layers, broken])
@pytest.mark.parametrize("coding", ["gzip", "deflate", "gzip, gzip", None])
def test_codings_are_taken_off_in_linear_time(
    made: Callable[[int], bytes], coding: str | None
) -> None:
    def work(size: int) -> Callable[[], object]:
        content = made(size)
        return lambda: codings.decoded(content, coding, 50_000_000)

    assert not is_linear(work, 10 * SHORT)


def test_very_many_headers_are_fitted_in_linear_time() -> None:
    def work(size: int) -> Callable[[], object]:
        headers = tuple((f"x-{i}", "v") for i in range(size))
        return lambda: bounds.fewer(headers)

    assert not is_linear(work)


def test_the_measure_tells_quadratic_work() -> None:
    def work(size: int) -> Callable[[], object]:
        keys = [f"{i}" for i in range(size // 20)]
        return lambda: {k for k in keys if keys.count(k) > 1}

    assert is_linear(work)
