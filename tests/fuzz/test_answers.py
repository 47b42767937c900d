"""What reads an answer: JSON, codings, pictures, messages, rate limits, leaks. None of it ever raises."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.checks.test_stream import is_event_stream
from conformance.contract import contract
from conformance.http import codings, payload
from conformance.http.claims import claimed, cuts
from conformance.http.exchange import Reply
from conformance.http.images import looking, pictures
from conformance.http.reading.foreign_json import repeated_keys
from conformance.http.said import said
from conformance.http.status import is_busy, is_server_error, kind
from conformance.judging import leaks
from conformance.judging.comparing import body_class
from conformance.judging.schemas import secrets_in, type_problems
from conformance.judging.undocumented import undocumented
from conformance.send.rates.told import told
from conformance.send.wire.kept import FAREWELL
from tests.fuzz.budget import ANY_TEXT, JSON, examples, linear, made_of, text_of
from tests.values import exchange, request

if TYPE_CHECKING:
    import re

MOST = 100_000
NOW = 1_800_000_000.0
PNG = pictures.make("fuzz")
TOKENS = (
    *(b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"\\u", b"d800", b"1e", b"-", b"NaN", b"null"),
    *(b'"data"', b'"url"', b'"b64_json"', b'"error"', b'"message"', b'"created"', b"9" * 400, b"[" * 700),
)  # fmt: skip
WORDS = (
    *("<title", "<h1>", "</title>", "<input ", "type=password", "http://a:80", "/run/", ".sock", "-"),
    *("at x(", ":1)", 'File "', "SELECT a,", " FROM ", "A_", "_KEY=", "a.B", "Error", "\\", "localhost:1"),
    *("{", "}", '"message":', "[", "]", "/usr/", "::", "lookup ", " on ", "goroutine 1 [", "${A"),
)  # fmt: skip
HEADERS = ("retry-after", "retry-after-ms", "x-ratelimit-reset", "ratelimit", "ratelimit-policy")
VALUES = text_of(
    *("1", "60", "-1", ";w=", ";q=", "t=", "reset=", "m", "s", "ms", "9" * 20, "1e9", "."),
    *("Wed, 21 Oct 2015 07:28:00 GMT", "Mon, 01 Jan 0001 00:00:00 -0000", "31 Dec 9999", "+9999"),
)  # fmt: skip
PATTERNS = (
    *(leaks.TRACES, leaks.PATHS, leaks.SOCKETS, leaks.HOSTS),
    *(leaks.QUERIES, leaks.VARIABLES, leaks.CLASSES, leaks.PAGES),
)
SCHEMA = contract.load().schema("VariationResponse")


@examples(300)
@given(made_of(*TOKENS, most=20), st.integers(100, 999))
def test_a_body_of_any_bytes_is_judged(content: bytes, status: int) -> None:
    one = exchange(status, body=content)
    assert one.reply is not None
    assert all(isinstance(text, str) for text in one.reply.texts)
    assert body_class(one)
    assert kind(status) == status // 100
    assert is_server_error(one) in (True, False)
    assert is_event_stream(one) in (True, False)
    payload.measured(one)
    repeated_keys(one.text)
    said(status, one.reply.headers, one.text, {"x": "«x»"})
    leaks.first(PATTERNS, one)


@examples(200)
@given(JSON)
def test_an_answer_of_any_json_is_judged(value: object) -> None:
    one = exchange(200, body=json.dumps(value).encode())
    assert one.reply is not None
    for problem in type_problems(one.reply, "VariationResponse"):
        assert len(problem.text) < 1_000
    assert all(isinstance(path, str) for path in secrets_in(one.json))
    assert all(isinstance(found.path, str) for found in undocumented(one.json, SCHEMA))
    payload.contents(one)


@examples(200)
@given(
    st.sampled_from([gzip.compress(PNG), zlib.compress(PNG), zlib.compress(PNG)[2:-4], PNG, b"{}"]),
    st.lists(st.tuples(st.integers(0, 3_000), st.integers(0, 255)), max_size=6),
    st.integers(0, 3_000),
    text_of("gzip", "deflate", ",", "identity", "x-gzip", "br", " "),
)
def test_a_coding_is_taken_off_or_its_problem_told(
    content: bytes, edits: list[tuple[int, int]], cut: int, coding: str
) -> None:
    broken = bytearray(content)
    for place, byte in edits:
        if place < len(broken):
            broken[place] = byte
    try:
        found = codings.decoded(bytes(broken[: max(len(broken) - cut, 0)]), coding, MOST)
    except OverflowError:
        return
    assert len(found.content) <= MOST
    codings.refuses(coding, "gzip")


@examples(150)
@given(
    st.sampled_from([pictures.make("fuzz", kind) for kind in ("png", "jpeg", "webp")]),
    st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_a_broken_picture_is_measured_or_is_none(
    content: bytes, edits: list[tuple[int, int]]
) -> None:
    broken = bytearray(content)
    for place, byte in edits:
        broken[place % len(broken)] = byte
    found = looking.measure(bytes(broken))
    assert found is None or found.width > 0
    assert looking.size_of(bytes(broken)) == len(broken)
    looking.facts_of(bytes(broken))


@examples(300)
@given(st.lists(st.tuples(st.sampled_from(HEADERS), VALUES), max_size=3), st.integers(100, 999))
def test_what_headers_tell_of_a_rate_is_a_number_or_nothing(
    headers: list[tuple[str, str]], status: int
) -> None:
    reply = Reply(status, tuple(headers), b"")
    found = told(reply, NOW)
    assert found.wait_s is None or found.wait_s >= 0
    assert found.per_s is None or found.per_s > 0
    assert is_busy(reply) in (True, False)


@examples(200)
@given(ANY_TEXT)
def test_any_n_is_a_claim(n: str) -> None:
    asked = request(fields=(("n", n),)) if n < "\ud800" else request()
    assert claimed(asked) >= 1
    assert all(1 <= few <= 10 for few in cuts(asked).values())


@examples(200)
@given(text_of(*WORDS, most=20), ANY_TEXT, st.integers(100, 999))
def test_what_an_error_says_is_bounded(body: str, sent: str, status: int) -> None:
    found = said(status, (("location", body),), body, {sent: "«sent»"})
    assert len(found.message) < 20_000


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda p: p.pattern[:30])
@examples(25)
@given(
    st.lists(st.sampled_from(WORDS) | st.text("aA1 ./-_:,(<", max_size=3), min_size=1, max_size=3)
)
def test_a_search_for_leaks_takes_time_in_proportion(
    pattern: re.Pattern[str], words: list[str]
) -> None:
    word = "".join(words) or "a"
    linear(lambda count: [*pattern.finditer(word * (count // len(word)))], 4_000)


@examples(50)
@given(
    st.lists(
        st.sampled_from(
            [b"HTTP/1.1 408", b"HTTP/1.0 500 ", b"\r\n", b"connection: ", b" ", b"close\r\n"]
        ),
        max_size=6,
    )
)
def test_a_farewell_is_known_in_time(words: list[bytes]) -> None:
    content = b"".join(words)
    linear(lambda count: FAREWELL.match(content + b"\r\n" * count), 2_000)
    linear(lambda count: FAREWELL.match(content + b"connection: " * count), 500)


def test_pages_and_depths_take_time_in_proportion() -> None:
    linear(lambda count: said(500, (), "<html>" + "<title" * count), 1_000)
    linear(lambda count: said(500, (), "<html>" + "<input " * count), 1_000)
    linear(lambda count: said(400, (), '{"message":' * count), 1_000)
    linear(lambda count: Reply(200, (), b'"' + b"\\/" * count + b'"').texts, 5_000)
    linear(lambda count: codings.decoded(gzip.compress(b"a") * min(count, 900), "gzip", MOST), 90)
