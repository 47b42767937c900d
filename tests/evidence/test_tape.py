"""What a run was told is written once for each change, and played back in the same order."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.evidence.tape import NotToldError, Played, Tape, Told


def written(*asked: tuple[str, Any]) -> list[Told]:
    rows: list[Told] = []
    tape = Tape(rows.append)
    for question, value in asked:
        tape.tell(question, value)
    return rows


def test_a_value_that_is_told_again_is_written_once() -> None:
    rows = written(("a", 1), ("a", 1), ("b", 1), ("a", 2), ("a", 1))
    assert rows == [Told("a", 0, 1), Told("b", 0, 1), Told("a", 2, 2), Told("a", 3, 1)]


def test_of_a_list_that_grew_only_the_rest_is_written() -> None:
    rows = written(("a", ["x"]), ("a", ["x", "y"]), ("a", ["x", "y"]), ("a", ["y"]))
    assert rows == [Told("a", 0, ["x"]), Told("a", 1, ["y"], more=True), Told("a", 3, ["y"])]


@pytest.mark.parametrize(
    "values",
    [
        [1, 1, 2, 2, 1],
        [["x"], ["x", "y"], ["x", "y"], [], ["z"]],
        [None, None, {"k": [1]}],
        [[], []],
    ],
)
def test_each_question_is_answered_as_it_was(values: list[Any]) -> None:
    played = Played(written(*(("a", value) for value in values), ("b", "other")))
    assert [played.hear("a") for _ in values] == values
    assert played.hear("b") == "other"


def test_what_is_asked_more_often_gets_the_last_answer() -> None:
    played = Played(written(("a", 1), ("a", 2)))
    assert [played.hear("a") for _ in range(4)] == [1, 2, 2, 2]


def test_what_nobody_asked_then_has_no_answer() -> None:
    with pytest.raises(NotToldError, match="did not ask for 'b'"):
        Played(written(("a", 1))).hear("b")


@pytest.mark.parametrize(
    "rows",
    [[Told("a", 0, ["x"], more=True)], [Told("a", 0, 1), Told("a", 1, ["x"], more=True)]],
)
def test_a_list_that_goes_on_without_a_beginning_is_refused(rows: list[Told]) -> None:
    with pytest.raises(NotToldError, match="did not begin"):
        Played(rows)
