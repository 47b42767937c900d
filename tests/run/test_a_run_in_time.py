"""Whole runs against gateways that would hold them up: they end in time, and say what did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.result.model import TIME
from tests.amount import some
from tests.commanding import conformance, judged, left_in, result_in
from tests.send.test_every_run_ends import ENDLESS, first_good_then

if TYPE_CHECKING:
    from pathlib import Path

REPORTS = {"result.json", "report.html", "junit.xml", "evidence.jsonl"}


@pytest.mark.parametrize(
    "hostile", some(["never answers", "drips its body", "408 for a day"], of=2)
)
def test_a_run_that_is_held_up_ends_and_says_what_held_it_up(hostile: str, tmp_path: Path) -> None:
    with first_good_then(ENDLESS[hostile], 12) as (url, _):
        code, result, said = judged(url, tmp_path, "--timeout", "1", "--max-time", "9s")
    assert code in (1, 3)
    assert left_in(tmp_path / "reports") >= REPORTS
    (found,) = [d for d in result["diagnosis"] if d["whose"] == TIME]
    assert "the run's time was over (--max-time 9 s); " in found["problem"]
    assert "--max-time" in found["what_to_do"]
    assert found["problem"][:40] in " ".join(said.split())
    late = [r for r in result["requirements"] if "overtime: the run's time" in r["message"]]
    assert late
    assert {r["status"] for r in late} <= {"untestable"}
    assert {r["status"] for r in result["requirements"]}.isdisjoint({"error", "not-selected"})


def test_a_gateway_that_never_answers_ends_the_preflight(tmp_path: Path) -> None:
    with first_good_then(ENDLESS["never answers"], 0) as (url, _):
        code, result, _ = judged(url, tmp_path, "--timeout", "60", "--max-time", "2s")
    assert code == 3
    (found,) = result["diagnosis"]
    assert found["whose"] == TIME
    assert "no good request was answered: the run's time was over" in found["problem"]
    assert {r["status"] for r in result["requirements"]} <= {"untestable", "not-applicable"}


@pytest.mark.parametrize("bound", ["1s", "4s"])
def test_a_gateway_that_conforms_is_not_blamed_for_a_time_that_was_too_short(
    bound: str, tmp_path: Path
) -> None:
    done = conformance("run", "--max-time", bound, "--profile", "smoke", cwd=tmp_path)
    # On a quick machine the run may be through in time.
    assert done.returncode in (0, 3), done.stderr
    statuses = {r["status"] for r in result_in(tmp_path / "reports")["requirements"]}
    assert statuses <= {"pass", "untestable", "not-applicable", "not-selected"}
