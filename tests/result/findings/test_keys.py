"""The key of a finding stays the same from run to run."""

from __future__ import annotations

import pytest

from conformance.result.findings import keys
from conformance.result.findings.causes import Cause, Kind


@pytest.mark.parametrize(
    ("cause", "key"),
    [
        (Cause(Kind.ACCEPTS, "n"), "accepts:n"),
        (Cause(Kind.OWN, "N-2"), "own:N-2"),
        (Cause(Kind.WAVERS), "wavers"),
        (Cause(Kind.PART, "model: unknown", "500"), "part:model-unknown:500"),
        (Cause(Kind.TRAIT, "a line end in a value", "no answer"),
         "trait:a-line-end-in-a-value:no-answer"),
        (Cause(Kind.REFUSALS, "JSON with detail", "500"), "refusals:JSON-with-detail:500"),
        (Cause(Kind.SAYS, "", "500", "list index out of range"), "says:500:list-ind-4dc8b5a9"),
    ],
)  # fmt: skip
def test_a_key_says_what_the_cause_rests_on(cause: Cause, key: str) -> None:
    found = keys.key_of(cause, ())
    assert found.rpartition("-")[0] == key.rpartition("-")[0] or found == key
    assert keys.is_key(found)


def test_messages_that_differ_have_keys_that_differ() -> None:
    told = [
        keys.key_of(Cause(Kind.SAYS, "", "500", s), ()) for s in ("cannot read a", "cannot read b")
    ]
    assert len({*told}) == 2


@pytest.mark.parametrize(
    "about", ["x" * 1_000, "\x1b[31m", "ü", "a:b:c:d:e:f", "«credential»", " ", "\ud800", "💥" * 99]
)
def test_whatever_a_gateway_says_makes_a_key_that_a_file_can_hold(about: str) -> None:
    for kind in Kind:
        found = keys.key_of(Cause(kind, about, "500", about), ())
        assert keys.is_key(found)
        assert found.isascii()
        assert len(found) < 200


@pytest.mark.parametrize("text", ["", "N-2", "accepts n", "acepts:n", "accepts:", "own:N-2:a:b:c"])
def test_other_texts_are_no_keys(text: str) -> None:
    assert not keys.is_key(text)
