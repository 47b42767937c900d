"""JSON is read as RFC 8259 has it, and within what whoever uses the value can hold."""

from __future__ import annotations

import pytest

from conformance.http.reading import strict_json


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "it is empty"),
        (" \n", "it is empty"),
        ("NaN", "NaN is no number"),
        ('{"a": [-Infinity]}', "-Infinity is no number"),
        ("1e999", "the number 1e999 is too large"),
        ("-1e999", "the number -1e999 is too large"),
        ("9" * 200, "a number has 200 digits"),
        ("9" * 5_000, "a number has 5000 digits"),
        ('{"a": 1, "b": 2, "a": 1}', "the key 'a' is there twice"),
        ("[" * 100_000 + "]" * 100_000, "too deep|more than 200 deep"),
        ("[" * 500 + "]" * 500, "more than 200 deep"),
        ('{"a":' * 300 + "1" + "}" * 300, "more than 200 deep"),
        ("\ufeff{}", "BOM"),
        ("{", "Expecting"),
        ("\x00", "Expecting"),
    ],
    ids=lambda v: v[:20],
)
def test_what_is_no_json_is_named(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says) as caught:
        strict_json.loads(text)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[" * 150 + "]" * 150, None),
        ('{"a": [1, 1.5, -0.0, 1e308, true, null, "\\ud800"]}', None),
        ("9" * 100, int("9" * 100)),
        ('"\\u0000"', "\0"),
    ],
    ids=lambda v: str(v)[:20],
)
def test_json_is_read(text: str, value: object) -> None:
    found = strict_json.loads(text)
    assert value is None or found == value


def test_reading_takes_linear_time() -> None:
    strict_json.loads("[" + ",".join(f'{{"k{n}": {n}}}' for n in range(100_000)) + "]")
    wide = "{" + ",".join(f'"{n}": 1' for n in range(100_000)) + "}"
    assert len(strict_json.loads(wide)) == 100_000
