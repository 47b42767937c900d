"""What stands for a value: the same bytes whatever its class and fields are called."""

from __future__ import annotations

from dataclasses import dataclass, make_dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cases.combinations import alone
from conformance.http.identity import encoded
from tests.values import request

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=4).map(tuple),
    max_leaves=8,
)


@dataclass(frozen=True)
class Before:
    name: str
    count: int = 0


def test_renaming_a_class_or_a_field_changes_nothing() -> None:
    renamed = make_dataclass("After", [("title", str), ("times", int)], frozen=True)
    assert encoded(Before("a", 3)) == encoded(renamed("a", 3)) == encoded(("a", 3))


@given(VALUES, VALUES)
def test_different_values_have_different_bytes(one: object, other: object) -> None:
    # True and 1 are equal in Python, and two values here.
    alike = repr(one) == repr(other)
    assert (encoded(one) == encoded(other)) == alike


def test_neighbours_do_not_run_together() -> None:
    assert encoded(("ab", "c")) != encoded(("a", "bc"))
    assert encoded(("a", ("b",))) != encoded((("a",), "b"))


def test_a_value_without_an_encoding_is_an_error() -> None:
    with pytest.raises(TypeError, match="list has no bytes"):
        encoded([1])


def test_a_request_is_known_by_what_goes_out_and_not_by_what_it_is_called() -> None:
    first = request("a")
    assert replace(first, label="b").id == first.id
    assert replace(first, burst="burst 1", pictures=3, expected="refused").id == first.id
    for change in (
        {"copy": 1},
        {"phase": 2},
        {"body": b"x"},
        {"connection": "c"},
        {"chunked": True},
    ):
        assert replace(first, **change).id != first.id


def test_the_port_of_the_canary_is_no_part_of_the_id() -> None:
    one, other = (
        request("a", body=f"{url}/x".encode(), canary=url)
        for url in ("http://127.0.0.1:1111", "http://127.0.0.1:2222")
    )
    assert one.id == other.id


def test_facts_have_variants_of_their_own() -> None:
    found = [alone(n="2"), alone(size="2"), alone(user="2"), alone(n="2", user="2")]
    assert len({spec.variant for spec in found}) == len(found)
