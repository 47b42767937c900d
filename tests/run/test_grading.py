"""What the chosen set of requirements says counts, whatever the contract says today."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from conformance.contract import sets
from conformance.contract.sets import Demand
from conformance.judging.outcome import Outcomes
from conformance.reports import junit, terminal
from conformance.result import consistency
from conformance.result.model import Status, Verdict
from conformance.result.storage import to_json
from conformance.result.verdict import exit_code
from conformance.run import selection
from conformance.run.assemble import assemble
from conformance.target.waivers import Waiver
from tests.run.test_assemble import BAD, every_requirement, outcome, record
from tests.run.test_selection import node, options
from tests.serving import KEY

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.contract.sets import RequirementSet
    from conformance.result.model import RequirementResult, Result

OWN = sets.own()


def with_demand(id_: str, demand: Demand | None) -> RequirementSet:
    """An older set, which has one requirement otherwise than the contract, or lacks it."""
    others = {i: d for i, d in OWN.demands.items() if i != id_}
    return replace(OWN, version="0.9.0", demands={**others, **({id_: demand} if demand else {})})


def judged(folder: Path, id_: str, status: Status, demanded: RequirementSet) -> Result:
    rows = [o for o in every_requirement() if o.tied_to != id_]
    ran = record(folder, options={"demanded": demanded})
    message = "expected a refusal, got 200"
    return assemble(ran, Outcomes([*rows, outcome(id_, status, BAD.id, message=message)]))


def row(result: Result, id_: str) -> RequirementResult:
    return next(r for r in result.requirements if r.id == id_)


@pytest.mark.parametrize(
    "status", [Status.FAIL, Status.ERROR, Status.FLAKY, Status.UNTESTABLE, Status.NOT_SELECTED]
)
def test_what_the_set_does_not_demand_never_counts(status: Status, tmp_path: Path) -> None:
    demanded = with_demand("N-2", None)
    found = judged(tmp_path, "N-2", status, demanded)
    assert found.verdict is Verdict.CONFORMANT
    assert exit_code(found) == 0
    assert list(consistency.problems(found)) == []
    assert row(found, "N-2").level == "MAY"
    assert row(found, "N-2").demand == "not demanded by 0.9.0"


def test_what_the_set_does_not_demand_is_judged_and_shown(tmp_path: Path) -> None:
    found = judged(tmp_path, "N-2", Status.FAIL, with_demand("N-2", None))
    assert row(found, "N-2").status is Status.WARN
    assert row(found, "N-2").message == "expected a refusal, got 200"
    assert [(f.level, f.requirements) for f in found.findings] == [("MAY", ("N-2",))]
    text = terminal.summary(found, 100, color=False)
    assert "requirements 0.9.0" in text
    assert "1 requirement of the contract 1.0.0 is not demanded by 0.9.0" in text
    drawn = junit.render(found)
    assert "<failure" not in drawn
    assert "Counts: not demanded by 0.9.0" in drawn


def test_what_is_a_must_only_since_then_warns(tmp_path: Path) -> None:
    demanded = with_demand("N-2", Demand("SHOULD", "core"))
    found = judged(tmp_path, "N-2", Status.FAIL, demanded)
    assert found.verdict is Verdict.CONFORMANT
    assert (row(found, "N-2").level, row(found, "N-2").status) == ("SHOULD", Status.WARN)
    assert row(found, "N-2").demand == "a SHOULD in 0.9.0, a MUST in 1.0.0"


def test_what_was_a_must_then_still_fails(tmp_path: Path) -> None:
    id_ = next(i for i, d in OWN.demands.items() if d.level == "SHOULD")
    found = judged(tmp_path, id_, Status.WARN, with_demand(id_, Demand("MUST", "core")))
    assert found.verdict is Verdict.NONCONFORMANT
    assert row(found, id_).status is Status.FAIL


def test_a_result_names_the_set_that_counted(tmp_path: Path) -> None:
    older = with_demand("N-2", None)
    found = judged(tmp_path, "N-2", Status.PASS, replace(older, released=False)).contract
    assert (found["version"], found["set"], found["set_state"]) == ("1.0.0", "0.9.0", "draft")
    assert found["set_sha256"] == older.sha256 != OWN.sha256
    own = assemble(record(tmp_path), Outcomes(every_requirement()))
    assert (own.contract["set"], own.contract["set_sha256"]) == (OWN.version, OWN.sha256)
    assert {r.demand for r in own.requirements} == {""}
    text = junit.render(own)
    assert f'name="requirement-set-sha-256" value="{OWN.sha256}"' in text


def test_only_what_the_set_has_as_a_must_is_selected_by_level_must() -> None:
    chosen = options(level="must", demanded=with_demand("N-2", Demand("SHOULD", "core")))
    assert not selection.wanted(node("N-2"), chosen)
    assert selection.wanted(node("N-2"), options(level="must"))


def test_a_waiver_repeats_no_secret(tmp_path: Path) -> None:
    ran = record(tmp_path)
    told = Waiver("N-2", "", f"curl -H 'Authorization: Bearer {KEY}'", "Ann", date(2026, 1, 1))
    ran = replace(ran, options=replace(ran.options, waivers=(told,)))
    found = assemble(ran, Outcomes(every_requirement()))
    assert KEY not in to_json(found)
    assert found.waivers.day == "1970-01-01", "the day on which the run started"
    assert found.waivers.given[0].expires == "2026-01-01"
