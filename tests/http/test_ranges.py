"""What an annotation demands beyond its type is demanded when JSON is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import pytest

from conformance.http.reading.codec import MisfitError, decoder
from conformance.http.reading.ranges import demands
from conformance.http.reading.short import shown


class Told:
    def __init__(self, **keywords: Any) -> None:
        self.keywords = keywords


@dataclass(frozen=True)
class Value:
    count: Annotated[int, Told(minimum=0, maximum=9), "in words"] = 0
    name: Annotated[str, Told(minLength=1)] = "x"
    word: Annotated[str, Told(pattern="^[a-f]*$")] = ""
    one: Annotated[str, Told(enum=["a", "b"])] = "a"
    fixed: Annotated[int, Told(const=1)] = 1
    known: Annotated[dict[str, str], Told(required=["k"], properties={"k": {"pattern": "^v"}})] = (
        None  # type: ignore[assignment] # a test value
    )
    at: Annotated[str, Told(format="date-time")] = ""
    perhaps: Annotated[Annotated[int, Told(minimum=0)] | None, "nothing"] = None
    counts: dict[str, Annotated[int, Told(minimum=0)]] = None  # type: ignore[assignment] # a test value


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"count": -1}, ".count is -1, less than 0"),
        ({"count": 10**50}, ".count is 1000"),
        ({"count": "1"}, ".count is str, not int"),
        ({"name": ""}, ".name is empty"),
        ({"word": "xyz"}, ".word is 'xyz', not ^[a-f]*$"),
        ({"word": "a\n"}, ".word is 'a\\n', not"),
        ({"one": "c"}, ".one is 'c', none of a, b"),
        ({"fixed": 2}, ".fixed is 2, not 1"),
        ({"known": {}}, ".known lacks the key 'k'"),
        ({"known": {"k": "w"}}, ".known has a 'k' that is 'w', not ^v"),
        ({"at": "yesterday"}, ".at is 'yesterday', no time with its offset"),
        ({"at": "2026-01-02T03:04:05"}, ".at is '2026-01-02T03:04:05', no time with its offset"),
        ({"perhaps": -1}, ".perhaps is -1, less than 0"),
        ({"counts": {"a": -1}}, ".counts['a'] is -1, less than 0"),
    ],
)
def test_what_is_out_of_range_is_named(given: dict[str, Any], says: str) -> None:
    with pytest.raises(MisfitError) as caught:
        decoder(Value)(given)
    assert str(caught.value).startswith(says)


def test_what_is_in_range_is_read() -> None:
    given: dict[str, Any] = {
        "count": 9,
        "word": "abc",
        "known": {"k": "v", "l": "x"},
        "perhaps": None,
    }
    more: dict[str, Any] = {"at": "2026-01-02T03:04:05+00:00", "counts": {"a": 1}}
    assert decoder(Value)({**given, **more}) == Value(**given, **more)


def test_a_demand_that_nobody_would_hold_is_an_error_of_the_suite() -> None:
    with pytest.raises(TypeError, match="multipleOf"):
        demands([Told(multipleOf=2)])


def test_what_is_shown_is_short() -> None:
    assert shown("a\n\x1b") == r"'a\n\x1b'"
    assert len(shown("x" * 10_000)) < 100
