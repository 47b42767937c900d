"""Which keys of a body are not documented, and which of them stand for one that is."""

from __future__ import annotations

from conformance.judging.undocumented import Undocumented, undocumented

ITEM = {"properties": {"url": {"type": "string"}, "revised_prompt": {"type": "string"}}}
SCHEMA = {"properties": {"id": {}, "data": {"items": ITEM}, "extra_fields": {"properties": {}}}}


def found(value: object) -> list[Undocumented]:
    return [*undocumented(value, SCHEMA)]


def test_documented_keys_are_none() -> None:
    assert found({"id": 1, "data": [{"url": "x"}], "extra_fields": {"any": 1}}) == []


def test_a_further_key_stands_for_nothing() -> None:
    assert found({"id": 1, "more": {"id": 1}}) == [Undocumented("more")]


def test_another_spelling_stands_for_the_key_that_is_not_there() -> None:
    item = {"revisedPrompt": "x", "url": "y", "URL": "z"}
    at = [Undocumented("data.revisedPrompt", "revised_prompt"), Undocumented("data.URL")]
    assert found({"data": [item, "no object"]}) == at
    assert found({"Extra-Fields": {}}) == [Undocumented("Extra-Fields", "extra_fields")]


def test_what_is_no_object_has_no_keys() -> None:
    assert found([1]) == found("text") == found(None) == []
