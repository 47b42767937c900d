"""Shrinking finds the smallest form that still fails."""

from __future__ import annotations

from conformance.cases.generated.draft import Draft
from conformance.cases.spec import MODEL
from conformance.judging.counterexample import charged_to
from conformance.judging.shrinking import MOST, OutOfBudget, shrunk

WHOLE = Draft(
    (("size", "auto"), ("n", "4711"), ("user", "somebody"), ("model", MODEL)), picture_at=1
)


def n_of(draft: Draft) -> str:
    return str(dict(draft.fields).get("n", ""))


def test_it_ends_at_the_one_field_that_matters() -> None:
    def fails(draft: Draft) -> bool:
        return n_of(draft).isdigit() and int(n_of(draft)) > 10

    least = shrunk(WHOLE, fails)
    assert least == Draft().with_field("n", n_of(least))
    assert n_of(least) in {"11", "47"}


def test_two_fields_that_matter_together_stay() -> None:
    def fails(draft: Draft) -> bool:
        return {"n", "user"} <= dict(draft.fields).keys()

    assert {name for name, _ in shrunk(WHOLE, fails).fields} == {"model", "n", "user"}


def test_an_order_that_matters_stays() -> None:
    def fails(draft: Draft) -> bool:
        return draft.order[-1] == "model"

    assert shrunk(WHOLE, fails).order[-1] == "model"


def test_what_is_known_to_fail_is_tried_first() -> None:
    known = Draft().with_field("n", "11")
    asked: list[Draft] = []

    def fails(draft: Draft) -> bool:
        asked.append(draft)
        return draft == known

    assert shrunk(WHOLE, fails, [known]) == known
    assert asked[0] == known


def test_it_ends_when_no_more_may_be_sent() -> None:
    asked: list[Draft] = []

    def fails(draft: Draft) -> bool:
        if len(asked) == MOST:
            raise OutOfBudget
        asked.append(draft)
        return False

    assert shrunk(WHOLE, fails) == WHOLE
    assert len(asked) <= MOST


def test_it_gives_the_same_form_again() -> None:
    def fails(draft: Draft) -> bool:
        return "7" in n_of(draft)

    assert shrunk(WHOLE, fails) == shrunk(WHOLE, fails)


def test_a_finding_is_charged_to_what_the_smallest_form_breaks() -> None:
    assert charged_to(Draft().with_field("n", "11"), "N-6") == "N-2"
    assert charged_to(Draft().with_field("user", "ü"), "whole") == "USER-1"
    assert charged_to(Draft(), "whole") == "IMAGE-1"
    assert charged_to(Draft(picture_at=0), "whole") == "MEDIA-7"
