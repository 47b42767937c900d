"""How much of answers is kept: by what they cost, and never so that one takes from another."""

from __future__ import annotations

import hashlib
import tracemalloc

import pytest

from conformance.http import bounds
from conformance.http.bounds import Allowance
from conformance.http.exchange import Reply

JSON = (("content-type", "application/json"),)
LARGE = b'{"data": [{"url": "http://x"}], "text": "%s"}' % (b"x" * 400_000)


def reply(body: bytes, status: int = 200) -> Reply:
    return Reply(status, JSON, body)


def test_what_costs_little_is_kept_for_nothing() -> None:
    nothing_left = Allowance(small=0, large=0)
    for _ in range(1_000):
        assert bounds.fitted(reply(b'{"data": []}'), nothing_left).cut is None


def test_a_large_answer_leaves_what_small_ones_need() -> None:
    allowance = Allowance(small=100_000, large=2_000_000)
    assert bounds.fitted(reply(LARGE), allowance).cut is None
    assert bounds.fitted(reply(LARGE), allowance).cut is not None
    assert bounds.fitted(reply(b'"%s"' % (b"x" * 20_000)), allowance).cut is None


def test_a_cut_answer_has_its_beginning_its_length_and_its_digest() -> None:
    found = bounds.fitted(reply(LARGE), Allowance(large=0))
    assert found.cut is not None
    assert found.body == LARGE[: bounds.HEAD_BYTES]
    assert (found.cut.length, found.cut.sha256) == (len(LARGE), hashlib.sha256(LARGE).hexdigest())
    assert found.cut.pictures == 1
    assert (found.status, found.header("content-type"), found.json) == (
        200,
        "application/json",
        None,
    )


def test_what_is_forgotten_is_given_back() -> None:
    allowance = Allowance(large=2_000_000)
    for _ in range(10):
        kept = bounds.fitted(reply(LARGE), allowance)
        assert kept.cut is None
        allowance.forget(kept)


@pytest.mark.parametrize(
    "body", [b"[" + b"[]," * 30_000 + b"1]", b'{"a": [' + b'{"b": 1},' * 10_000 + b"1]}"]
)
def test_json_of_very_many_values_is_not_read(body: bytes) -> None:
    assert bounds.fitted(reply(body), Allowance()).cut is not None


@pytest.mark.parametrize(
    "unit", [b'{"a":1},', b"[],", b'"",', b'"', b"{", b'"a":1,', b"\\", b'"\\']
)
def test_to_decide_takes_no_more_memory_than_the_answer(unit: bytes) -> None:
    body = b'{"data":[' + unit * (8_000_000 // len(unit))
    tracemalloc.start()
    try:
        bounds.fitted(reply(body), Allowance())
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 2 * len(body)


def test_commas_in_a_text_are_no_values() -> None:
    text = b'{"data": [{"url": "%s"}]}' % (b'{[,\\"' * 20_000)
    assert bounds.values_of(text) < 10
    assert bounds.fitted(reply(text), Allowance()).cut is None


@pytest.mark.parametrize("status", [200, 400])
def test_a_large_answer_without_pictures_is_cut(status: int) -> None:
    page = b"<p>" * 1_500_000
    assert bounds.fitted(reply(page, status), Allowance()).cut is not None
    assert bounds.fitted(reply(page[:200_000], status), Allowance()).cut is None


@pytest.mark.parametrize(
    "body",
    [
        b"[" + b"[]," * 9_000 + b"1]",
        b"[" + b'{"b": 1},' * 4_000 + b"1]",
        b"[" + b'"abcdefghijklmnop",' * 9_000 + b"1]",
        b"[" + b"1.5," * 9_000 + b"1]",
        ('["' + "\U0001f600" * 20_000 + '"]').encode(),
        LARGE,
    ],
)
def test_an_answer_takes_no_more_memory_than_it_costs(body: bytes) -> None:
    tracemalloc.start()
    try:
        one = reply(bytes(bytearray(body)))
        assert (one.text, one.json) is not None
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken < bounds.cost_of(one) + 10_000


def test_a_share_of_what_is_read_ends_with_its_answer() -> None:
    allowance = Allowance(at_once=100, whole=80)
    with allowance.reading() as one:
        assert one.take(70)
        assert not one.take(20), "more than one answer may have"
        with allowance.reading() as other:
            assert not other.take(40), "more than all together may have"
            assert other.take(30)
    with allowance.reading() as one:
        assert one.take(80)


def test_of_very_many_headers_the_first_are_kept_and_those_that_are_read() -> None:
    few = (("a", "b"), ("c", "d"))
    assert bounds.fewer(few) is few
    many = (*((f"x-{i}", "v") for i in range(5_000)), ("Content-Type", "text/plain"))
    kept = bounds.fewer(many)
    assert kept == (*many[: bounds.MOST_HEADERS], many[-1])
    long = (("x", "v" * 50_000), ("retry-after", "1"))
    assert bounds.fewer(long) == long[1:]
