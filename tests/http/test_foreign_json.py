"""JSON of others: numbers of any size and nesting of any depth are read, or refused, in the same way."""

from __future__ import annotations

import math
import time

import pytest

from conformance.http.reading.foreign_json import DEEPEST, HUGE, is_huge, read, repeated_keys


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("1.0", 1),
        ("1e0", 1),
        ("-0", 0),
        ("1.5", 1.5),
        ("9" * 300, int("9" * 300)),
        ("9" * 301, HUGE),
        ("-" + "9" * 5_000, -HUGE),
        ("1e400", HUGE),
        ("-1e400", -HUGE),
        ("1e-400", 0),
        ("1e" + "9" * 5_000, HUGE),
    ],
)
def test_a_number_is_read_by_its_value_up_to_what_floats_hold(text: str, value: float) -> None:
    found = read(text)
    assert found == value
    assert is_huge(found) == (abs(value) >= HUGE)
    assert math.isfinite(found - 0.5)


def test_nesting_is_read_up_to_a_depth_that_is_always_the_same() -> None:
    assert read("[" * DEEPEST + "]" * DEEPEST)
    for levels in (DEEPEST + 1, 960, 5_000, 200_000):
        with pytest.raises(ValueError, match="nested more than 500 levels"):
            read("[" * levels + "]" * levels)
        with pytest.raises(ValueError, match="nested more than 500 levels"):
            read('{"a":' * levels + "1" + "}" * levels)


def test_brackets_side_by_side_are_no_depth() -> None:
    assert len(read("[" + "[]," * 2_000 + "[]]")) == 2_001
    assert read('"' + "[" * 2_000 + '"') == "[" * 2_000


def test_only_a_strict_reader_refuses_nan() -> None:
    assert math.isnan(read("NaN"))
    with pytest.raises(ValueError, match="NaN is no JSON"):
        read("[NaN]", strict=True)


def test_repeated_keys_are_found_at_every_depth() -> None:
    assert repeated_keys('{"a": {"b": 1, "b": 2}, "c": 1}') == ["b"]
    assert repeated_keys('{"a": 1, "b": 9' + "9" * 5_000 + ', "a": 2}') == ["a"]
    assert repeated_keys("no JSON") == []


def test_repeated_keys_take_time_in_proportion() -> None:
    def taken(count: int) -> float:
        text = "{" + ",".join(f'"k{i % (count // 2)}":0' for i in range(count)) + "}"
        started = time.process_time()
        assert len(repeated_keys(text)) == count // 2
        return time.process_time() - started

    # A quadratic one takes a hundred times as long, and minutes.
    assert taken(100_000) < 40 * max(taken(10_000), 0.01)
