"""A result whose values do not fit each other is no result, though each of them has its type."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pytest

from conformance.result import consistency
from conformance.result.model import Diagnosis, Result, Status, Verdict
from conformance.result.storage import ResultError

from .samples import EVERYTHING

if TYPE_CHECKING:
    from conformance.result.model import RequirementResult

(ROW,) = EVERYTHING.requirements
FITTING = dataclasses.replace(
    EVERYTHING, verdict=Verdict.NONCONFORMANT, diagnosis=(), selection=(), shard=""
)


def row(**changes: Any) -> RequirementResult:
    return dataclasses.replace(ROW, **changes)


def test_what_a_run_writes_fits() -> None:
    assert consistency.demand(FITTING, "x") is FITTING


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {"verdict": Verdict.CONFORMANT},
            "its verdict is conformant, and its requirements come to",
        ),
        ({"verdict": Verdict.PARTIAL}, "come to nonconformant"),
        ({"diagnosis": (Diagnosis("x", "y", "z"),)}, "come to incomplete"),
        ({"shard": "1/2"}, "come to partial"),
        ({"shard": "3/2", "verdict": Verdict.PARTIAL}, "no I/N"),
        ({"shard": "0/2", "verdict": Verdict.PARTIAL}, "no I/N"),
        ({"shard": "1/1000000000", "verdict": Verdict.PARTIAL}, "no I/N"),
        ({"requirements": (ROW, ROW)}, "the requirement N-2 is there twice"),
        ({"requirements": (row(status=Status.PASS),)}, "N-2 is pass, and its checks come to fail"),
        ({"observations": EVERYTHING.observations * 2}, "OBS-1 is there twice"),
        ({"exchanges": {"e2": EVERYTHING.exchanges["e1"]}}, "'e2' has another id"),
    ],
)
def test_what_does_not_fit_is_named(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ResultError, match=r"some\.json is no result") as caught:
        consistency.demand(dataclasses.replace(FITTING, **changes), "some.json")
    assert says in str(caught.value)


@pytest.mark.parametrize("id_", ["../../x", "a/b", "a\nb", "x" * 100, ""])
def test_an_id_that_would_lead_out_of_the_folder_is_none(id_: str) -> None:
    exchange = dataclasses.replace(EVERYTHING.exchanges["e1"], id=id_)
    odd: Result = dataclasses.replace(FITTING, exchanges={id_: exchange})
    with pytest.raises(ResultError, match="has another id, or one that no run gives"):
        consistency.demand(odd, "some.json")


@pytest.mark.parametrize(
    ("text", "is_"),
    [
        ("1/1", (1, 1)),
        ("9999/9999", (9999, 9999)),
        *((text, None) for text in ("", "1", "0/1", "-1/2", "2/1", "1/2/3", "1/2\n", "١/٢", "1/10000")),
    ],
)  # fmt: skip
def test_a_shard_is_one_of_so_many(text: str, is_: tuple[int, int] | None) -> None:
    assert consistency.shard_of(text) == is_
