"""How a result shows in a person's pytest, by values alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.api.outcomes import shown
from conformance.result.model import (
    Check,
    Diagnosis,
    Observation,
    RequirementResult,
    Result,
    Status,
    Verdict,
    Waiver,
    Waivers,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

NODE = "test_n.py::test_x[n=11]"


def row(status: Status, level: str = "MUST", message: str = "expected 400\ngot 200") -> Any:
    return RequirementResult(
        "N-2", "N", level, "stated", "A sentence.", "a line", status,
        checks=(Check(NODE, status, message),),
    )  # fmt: skip


def result(*rows: RequirementResult, **more: Any) -> Result:
    return Result(
        verdict=Verdict.NONCONFORMANT, profile="core", target={}, suite={}, contract={}, seed=1,
        started="2026-01-01T00:00:00+00:00", duration_s=1.0, requests=1, images=1, requirements=rows,
        **more,
    )  # fmt: skip


def ends(found: Result, nodes: Iterable[tuple[str, str]] = ((NODE, "N-2"),)) -> dict[str, str]:
    return {name: one.ends for name, one in shown(found, nodes).items()}


@pytest.mark.parametrize(
    ("status", "level", "end"),
    [
        (Status.PASS, "MUST", "passed"),
        (Status.FAIL, "MUST", "failed"),
        (Status.ERROR, "SHOULD", "failed"),
        (Status.WARN, "SHOULD", "passed"),
        (Status.WARN, "MAY", "passed"),
        (Status.UNTESTABLE, "MUST", "failed"),
        (Status.UNTESTABLE, "SHOULD", "skipped"),
        (Status.FLAKY, "MUST", "failed"),
        (Status.FLAKY, "SHOULD", "skipped"),
        (Status.NOT_APPLICABLE, "MUST", "skipped"),
    ],
)
def test_each_status_has_its_end(status: Status, level: str, end: str) -> None:
    assert ends(result(row(status, level))) == {NODE: end}


def test_a_broken_should_fails_where_it_counts() -> None:
    assert ends(result(row(Status.WARN, "SHOULD"), strict=True)) == {NODE: "failed"}


def test_a_check_shows_the_worst_that_it_found() -> None:
    other = replace(row(Status.PASS), id="N-1")
    found = shown(result(other, row(Status.FAIL)), [(NODE, "N-1")])[NODE]
    assert found.ends == "failed"
    assert found.headline == "N-2: expected 400, got 200"


def test_one_misconfiguration_is_one_failure() -> None:
    why = Diagnosis("nobody listens", "the address", "start it")
    found = shown(
        result(row(Status.UNTESTABLE), diagnosis=(why,)), [("a::b", "N-1"), (NODE, "N-2")]
    )
    assert [one.ends for one in found.values()] == ["failed", "skipped"]
    assert "nobody listens" in found["a::b"].text
    assert "start it" in found["a::b"].text


def test_what_nobody_judged_is_skipped_and_never_passed() -> None:
    assert ends(result(), [(NODE, "N-2"), ("o::o", "N-O1")]) == {NODE: "skipped", "o::o": "skipped"}
    seen = result(observations=(Observation("N-O1", "N", "How many."),))
    assert ends(seen, [("o::o", "N-O1")]) == {"o::o": "passed"}


def test_an_accepted_waiver_is_an_expected_failure() -> None:
    waiver = Waiver("a known fault", "me", "2030-01-01")
    waived = replace(row(Status.FAIL), waived=waiver)
    assert ends(result(waived)) == {NODE: "failed"}
    assert ends(result(waived, waivers=Waivers(accepted=True))) == {NODE: "waived"}


def test_hostile_text_is_short_and_obeyed_by_none() -> None:
    hostile = "::error::x\x1b[31m##[group]\n" * 50 + "a" * 5000
    found = shown(result(row(Status.FAIL, message=hostile)), [(NODE, "N-2")], "r.html")[NODE]
    assert "\x1b" not in found.text
    assert "##[" not in found.text
    assert not any(line.lstrip().startswith("::") for line in found.text.splitlines())
    assert len(found.text) < 4000
    assert found.text.endswith("report: r.html")
