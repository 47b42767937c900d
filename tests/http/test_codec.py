"""JSON is read by the annotations of a dataclass: what does not fit is named with its path."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

import pytest

from conformance.http.reading.codec import MisfitError, decoder, plain


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Leaf:
    name: str
    content: bytes = b""


@dataclass(frozen=True)
class Tree:
    age: int
    height: float
    alive: bool
    colour: Colour
    shape: Literal["round", "wide"]
    pair: tuple[str, int] = ("", 0)
    note: str | None = None
    leaves: tuple[Leaf, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    anything: Any = None
    parent: Tree | None = None


TREE = Tree(
    *(3, 1.5, True, Colour.BLUE, "wide", ("a", 1), "n"),
    (Leaf("text", b"\n"), Leaf("binary", b"\xff\x00")),
    {"a": 1},
    [1, {"b": None}],
    Tree(4, 2, alive=False, colour=Colour.RED, shape="round"),
)


def as_json(value: Any) -> Any:
    return json.loads(json.dumps(value, default=plain))


def changed(**changes: Any) -> dict[str, Any]:
    return {**as_json(TREE), **changes}


def test_a_value_is_read_back_equal_and_of_the_same_types() -> None:
    found = decoder(Tree)(as_json(TREE))
    assert found == TREE
    assert type(found.colour) is Colour


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ([], " is list, not dict"),
        (changed(age=True), ".age is bool, not int"),
        (changed(age=1.0), ".age is float, not int"),
        (changed(age=None), ".age is NoneType, not int"),
        (changed(height="1"), ".height is str, not float"),
        (changed(height=True), ".height is bool, not float"),
        (changed(alive=1), ".alive is int, not bool"),
        (changed(colour="green"), ".colour is 'green', none of red, blue"),
        (changed(colour=["red"]), ".colour is ['red'], none of red, blue"),
        (changed(shape="flat"), ".shape is 'flat', none of round, wide"),
        (changed(pair=["a"]), ".pair has 1 items instead of 2"),
        (changed(pair=["a", "b"]), ".pair[1] is str, not int"),
        (changed(note=1), ".note is int, not str"),
        (changed(leaves="abc"), ".leaves is str, not list"),
        (changed(leaves={"a": 1}), ".leaves is dict, not list"),
        (changed(leaves=[{"name": "a"}, {}]), ".leaves[1] lacks the key 'name'"),
        (changed(counts=["a"]), ".counts is list, not dict"),
        (changed(counts={"a": 1, "b": "2"}), ".counts['b'] is str, not int"),
        (changed(extra=1), " has the unknown key 'extra'"),
        (changed(parent=changed(parent={"age": 1})), ".parent.parent lacks the key 'height'"),
    ],
)
def test_what_does_not_fit_is_named_with_its_path(value: Any, says: str) -> None:
    with pytest.raises(MisfitError) as caught:
        decoder(Tree)(value)
    assert str(caught.value) == says


@pytest.mark.parametrize(
    "packed", [{}, {"text": 1}, {"hex": "00"}, {"text": "a", "base64": "YQ=="}, {"base64": "%"}]
)
def test_bytes_are_read_from_text_or_base64_and_nothing_else(packed: Any) -> None:
    with pytest.raises(MisfitError, match=r"^\.content (is neither|has no bytes)"):
        decoder(Leaf)({"name": "a", "content": packed})


def test_text_that_no_utf8_has_is_no_bytes() -> None:
    with pytest.raises(MisfitError, match=r"^\.content has no bytes as text"):
        decoder(Leaf)({"name": "a", "content": {"text": "\udc80"}})


def test_a_key_with_a_default_may_be_missing_unless_the_whole_is_demanded() -> None:
    assert decoder(Leaf)({"name": "a"}) == Leaf("a")
    with pytest.raises(MisfitError, match=r"^ lacks the key 'content'$"):
        decoder(Leaf, whole=True)({"name": "a"})


@pytest.mark.parametrize("kind", [int | str, set[str], dict[int, str], object])
def test_a_type_that_json_does_not_have_is_refused_at_once(kind: Any) -> None:
    with pytest.raises(TypeError, match="no JSON is read as"):
        decoder(kind)
