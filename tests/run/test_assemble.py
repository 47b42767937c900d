"""A result is assembled from a frozen record and the outcomes of the checks alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.contract import contract
from conformance.judging.outcome import Outcome, Outcomes
from conformance.result.model import Diagnosis, Status, Verdict
from conformance.run.assemble import INTERRUPTED, assemble
from conformance.run.record import RunRecord
from conformance.send.usage import Usage
from conformance.target.options import Limits, Options
from tests.serving import target_at
from tests.values import URL, attempt, exchange, request

if TYPE_CHECKING:
    from pathlib import Path

REQUIREMENTS = contract.load().requirements
GOOD = exchange(200, request("plain"))
BAD = exchange(200, request("n=11", expected="refused", control=GOOD.id), earlier=(attempt(500),))


def record(folder: Path, **more: Any) -> RunRecord:
    options = Options(
        profile="core",
        level="should",
        checks=(),
        requirements=(),
        limits=Limits(),
        seed=7,
        report_dir=folder,
        **more.pop("options", {}),
    )
    made = RunRecord(target_at(URL), options, 100.0, 102.5, (), (GOOD, BAD), Usage(), {"N": 3})
    return replace(made, **more)


def outcome(id_: str, status: Status, *exchanges: str, message: str = "") -> Outcome:
    return Outcome(f"test_x.py::test_{id_}", id_, status, message, exchanges, 0.01)


def every_requirement(status: Status = Status.PASS) -> list[Outcome]:
    return [outcome(id_, status, GOOD.id) for id_ in REQUIREMENTS]


def test_a_run_that_met_every_requirement_is_conformant(tmp_path: Path) -> None:
    found = assemble(record(tmp_path), Outcomes(every_requirement()))
    assert found.verdict is Verdict.CONFORMANT
    assert {r.status for r in found.requirements} == {Status.PASS}
    assert found.duration_s == 2.5
    assert found.seed == 7
    assert found.ledger.pictures == {"N": 3}


def test_a_result_names_the_certificates_that_the_gateway_showed(tmp_path: Path) -> None:
    made = record(tmp_path)
    assert assemble(made, Outcomes(every_requirement())).target["certificate"] is None
    made.target.certificates.leaves.append(b"no certificate, but all that was shown")
    (row,) = assemble(made, Outcomes(every_requirement())).target["certificate"]
    assert len(row["sha256"]) == 64


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (Status.FAIL, Verdict.NONCONFORMANT),
        (Status.UNTESTABLE, Verdict.INCOMPLETE),
        (Status.FLAKY, Verdict.INCOMPLETE),
        (Status.ERROR, Verdict.INCOMPLETE),
        (Status.NOT_APPLICABLE, Verdict.CONFORMANT),
        (Status.WARN, Verdict.CONFORMANT),
    ],
)
def test_one_must_decides_the_verdict(status: Status, verdict: Verdict, tmp_path: Path) -> None:
    rows = [o for o in every_requirement() if o.tied_to != "N-2"]
    found = assemble(record(tmp_path), Outcomes([*rows, outcome("N-2", status, BAD.id)]))
    assert found.verdict is verdict


def test_a_requirement_has_the_worst_status_of_its_checks_and_its_message(tmp_path: Path) -> None:
    rows = [
        outcome("N-2", Status.PASS),
        outcome("N-2", Status.FAIL, BAD.id, message="expected a refusal"),
        outcome("N-2", Status.UNTESTABLE, message="no control"),
    ]
    found = assemble(record(tmp_path), Outcomes(rows))
    row = next(r for r in found.requirements if r.id == "N-2")
    assert (row.status, row.message, len(row.checks)) == (Status.FAIL, "expected a refusal", 3)


def test_a_requirement_that_no_check_judged_is_not_passed(tmp_path: Path) -> None:
    found = assemble(record(tmp_path), Outcomes([outcome("N-2", Status.PASS)]))
    assert {r.status for r in found.requirements if r.id != "N-2"} == {Status.NOT_SELECTED}


def test_an_interrupted_run_leaves_the_rest_untestable_and_says_so(tmp_path: Path) -> None:
    judged = Outcomes([outcome("N-2", Status.PASS)], interrupted=True)
    found = assemble(record(tmp_path), judged)
    assert found.verdict is Verdict.INCOMPLETE
    assert {r.status for r in found.requirements if r.id != "N-2"} == {Status.UNTESTABLE}
    assert INTERRUPTED in found.notes


def test_a_check_that_cannot_be_read_is_the_suites_problem(tmp_path: Path) -> None:
    found = assemble(record(tmp_path), Outcomes(every_requirement(), broken=["no such id"]))
    assert found.verdict is Verdict.INCOMPLETE
    assert [d.whose for d in found.diagnosis] == ["this suite"]


def test_a_diagnosis_makes_the_run_incomplete_even_if_checks_passed(tmp_path: Path) -> None:
    diagnosis = (Diagnosis("no route", "the address", "Check it.", (GOOD.id,)),)
    found = assemble(record(tmp_path, diagnosis=diagnosis), Outcomes(every_requirement()))
    assert found.verdict is Verdict.INCOMPLETE
    assert found.exchanges[GOOD.id].request_headers is not None


@pytest.mark.parametrize("options", [{"shard": "1/2"}])
def test_a_shard_alone_never_says_conformant(options: dict[str, Any], tmp_path: Path) -> None:
    found = assemble(record(tmp_path, options=options), Outcomes(every_requirement()))
    assert found.verdict is Verdict.PARTIAL


def test_what_failed_is_shown_with_its_control_and_a_curl_line(tmp_path: Path) -> None:
    failed = outcome("N-2", Status.FAIL, BAD.id)
    found = assemble(record(tmp_path), Outcomes([failed, outcome("N-1", Status.PASS, GOOD.id)]))
    shown = found.exchanges[BAD.id]
    assert shown.curl
    assert shown.twin == GOOD.id
    assert found.exchanges[GOOD.id].curl
    assert [t.outcome for t in shown.tries] == ["500"]


def test_what_passed_is_shown_in_brief_and_what_was_not_read_not_at_all(tmp_path: Path) -> None:
    found = assemble(record(tmp_path), Outcomes([outcome("N-1", Status.PASS, GOOD.id)]))
    assert [*found.exchanges] == [GOOD.id]
    assert not found.exchanges[GOOD.id].curl


def test_observations_keep_their_notes_and_never_judge_the_gateway(tmp_path: Path) -> None:
    noted = outcome("N-O1", Status.PASS, message="n= 2 : 400")
    found = assemble(record(tmp_path), Outcomes([*every_requirement(), noted]))
    (row,) = [o for o in found.observations if o.id == "N-O1"]
    assert [c.message for c in row.findings] == ["n= 2 : 400"]
    assert found.verdict is Verdict.CONFORMANT


def test_calls_to_the_provider_are_counted_where_it_was_observed(tmp_path: Path) -> None:
    assert not [n for n in assemble(record(tmp_path), Outcomes()).notes if "observed" in n]
    told = assemble(record(tmp_path, calls=()), Outcomes()).notes
    assert [n for n in told if "observed: 0 call(s)" in n]
