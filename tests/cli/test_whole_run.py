"""One whole run of the command line, and the files that it leaves."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from jsonschema import Draft202012Validator

from conformance.bundle import reading, writing
from conformance.bundle.checking import check_statement
from conformance.contract import contract
from conformance.contract.contract import contract_folder
from conformance.reference.credentials import demo_credentials
from tests.bundle.making import PRODUCT
from tests.commanding import conformance, left_in, result_in
from tests.serving import HOST

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Whole

DEMO = demo_credentials()
SECRETS = (
    DEMO.virtual_key, DEMO.virtual_key_jwt, DEMO.admin_jwt, DEMO.other_tenant_key, DEMO.expired_jwt,
)  # fmt: skip
NO_SERVER = f"http://{HOST}:9"


def test_the_embedded_gateway_is_conformant(whole: Whole) -> None:
    folder, done = whole
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    result = result_in(folder / "out")
    assert result["verdict"] == "conformant"
    # What becomes of a provider's failures is seen only where the run plays the provider.
    needs_provider = ("PROVIDER", "FALLBACKS-10")
    judged = [r for r in result["requirements"] if not r["id"].startswith(needs_provider)]
    assert {r["status"] for r in judged if r["level"] == "MUST"} == {"pass"}
    unseen = [r for r in result["requirements"] if r["id"].startswith(needs_provider)]
    assert {r["status"] for r in unseen} == {"not-applicable"}
    assert all("--observe HOST:PORT" in r["message"] for r in unseen)
    assert result["diagnosis"] == []


def test_what_a_run_leaves_makes_a_bundle_whose_statement_fits_it(
    whole: Whole, tmp_path: Path
) -> None:
    made = writing.bundled(whole[0] / "out", PRODUCT)
    (tmp_path / "bundle.zip").write_bytes(made.content)
    found = reading.open_bundle(tmp_path / "bundle.zip")
    assert check_statement(found) == ()
    assert made.left_out == ()
    left = {name for name in left_in(whole[0] / "out") if not name.startswith(".")}
    assert left <= {*made.names}
    statement = json.loads(found.files["statement.json"])["predicate"]
    assert statement["result"] in ("PASSED", "WARNED")
    assert statement["failedTests"] == []
    assert not any(secret.encode() in b"".join(found.files.values()) for secret in SECRETS)


def test_every_requirement_and_observation_is_in_the_result(whole: Whole) -> None:
    known, result = contract.load(), result_in(whole[0] / "out")
    assert [r["id"] for r in result["requirements"]] == list(known.requirements)
    assert [o["id"] for o in result["observations"]] == list(known.observations)


def test_the_ledger_adds_up(whole: Whole) -> None:
    folder, done = whole
    found = result_in(folder / "out")
    ledger = found["ledger"]
    assert ledger["requests"] == found["requests"]
    assert sum(ledger["pictures"].values()) == found["images"]
    assert ledger["pictures"]["preflight"] == 1
    assert ledger["uncertain"] == 0
    assert 1 <= ledger["most_in_flight"] <= 4
    assert "rechecked" in done.stdout
    assert "Ledger" in (folder / "out" / "report.html").read_text()


def test_the_result_is_what_its_schema_says(whole: Whole) -> None:
    schema = contract_folder().parent / "conformance" / "result" / "schemas" / "result.schema.json"
    validator = Draft202012Validator(json.loads(schema.read_text()))
    assert [e.message for e in validator.iter_errors(result_in(whole[0] / "out"))] == []


def test_the_junit_file_has_a_case_for_every_check_and_no_failure(whole: Whole) -> None:
    root = ET.parse(whole[0] / "out" / "junit.xml").getroot()
    checks = sum(len(r["checks"]) for r in result_in(whole[0] / "out")["requirements"])
    assert len(list(root.iter("testcase"))) >= checks
    assert list(root.iter("failure")) == list(root.iter("error")) == []


def test_nothing_is_written_beside_the_reports(whole: Whole) -> None:
    folder, _ = whole
    outside = {p for p in left_in(folder) if not p.startswith("out/")}
    inside = {p for p in left_in(folder / "out") if not p.startswith("fixtures/")}
    assert outside == set()
    assert inside == {
        *("result.json", "junit.xml", "report.html", "report.md", "badge.json", "evidence.jsonl")
    }


def test_no_credential_is_in_any_file_or_in_the_output(whole: Whole) -> None:
    folder, done = whole
    texts = {str(p): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    texts["output"] = (done.stdout + done.stderr).encode()
    for where, content in texts.items():
        for secret in SECRETS:
            half = secret[: max(-(-len(secret) // 2), 12)]
            # The three JWTs begin alike, so their first half identifies none of them.
            assert (secret if secret.count(".") == 2 else half).encode() not in content, where
            assert secret[-20:].encode() not in content, where


def test_evidence_has_every_exchange_that_the_result_names(whole: Whole) -> None:
    result = result_in(whole[0] / "out")
    lines = (whole[0] / "out" / "evidence.jsonl").read_text().splitlines()
    kept = {json.loads(line).get("id") for line in lines}
    assert set(result["exchanges"]) <= kept


def test_the_summary_says_where_the_reports_are(whole: Whole) -> None:
    assert "out/result.json" in whole[1].stdout
    assert "conformant" in whole[1].stdout.lower()


def test_the_reports_can_be_drawn_again(whole: Whole, tmp_path: Path) -> None:
    done = conformance(
        "report", str(whole[0] / "out" / "result.json"), "--report-dir", "again", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    for name in ("result.json", "junit.xml", "report.html"):
        assert (tmp_path / "again" / name).read_text() == (whole[0] / "out" / name).read_text()


def test_one_requirement_alone_is_a_partial_run(gateway: str, tmp_path: Path) -> None:
    done = conformance("run", gateway, "--requirement", "N-2", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    result = result_in(tmp_path / "reports")
    assert result["verdict"] == "partial"
    by_status: dict[str, list[str]] = {}
    for row in result["requirements"]:
        by_status.setdefault(row["status"], []).append(row["id"])
    assert by_status["pass"] == ["N-2"]
    assert set(by_status) == {"pass", "not-selected"}


def test_two_runs_with_one_seed_send_the_same(gateway: str, tmp_path: Path) -> None:
    sent = []
    for name in ("one", "two"):
        conformance("run", gateway, "--report-dir", name, "--profile", "smoke", cwd=tmp_path)
        lines = (tmp_path / name / "evidence.jsonl").read_text().splitlines()
        sent.append({row["id"] for row in map(json.loads, lines) if "id" in row})
    assert sent[0] == sent[1]
    assert sent[0]
