"""The command line in a process of its own: the text that a person sees, and the files it leaves."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

import conformance as package
from conformance.contract import contract
from conformance.contract.contract import contract_folder
from conformance.reference.behaviour import Behaviour
from conformance.reference.catalogue import behaviour
from conformance.reference.credentials import demo_credentials
from conformance.reference.server import running
from tests.commanding import conformance, environment
from tests.serving import HOST, KEY, Loopback, free_port, json_answer, raw_server, read_request

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path

DEMO = demo_credentials()
SECRETS = (
    DEMO.virtual_key, DEMO.virtual_key_jwt, DEMO.admin_jwt, DEMO.other_tenant_key, DEMO.expired_jwt,
)  # fmt: skip
NO_SERVER = f"http://{HOST}:9"


@pytest.fixture(scope="session")
def gateway() -> Iterator[str]:
    with running(Behaviour()) as url:
        yield url


def result_in(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "result.json").read_text())
    return found


def left_in(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


# ------------------------------------------------------------------ what it says


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--help"], "Exit codes: 0 conformant, 1 nonconformant"),
        (["run", "--help"], "--max-images"),
        (["explain", "--help"], "ID"),
        (["--version"], package.__version__),
        (["list"], "N-2"),
        (["explain", "N-2"], "Every integer outside 1 to 10 is refused."),
        (["explain", "n-2"], "Check this alone: conformance run URL --requirement N-2"),
        (["explain", "N-O1"], "Recorded, never judged"),
        (["serve", "--list"], "(variant)"),
    ],
)
def test_what_is_asked_for_is_printed(arguments: list[str], says: str, tmp_path: Path) -> None:
    done = conformance(*arguments, cwd=tmp_path)
    assert done.returncode == 0
    assert says in done.stdout
    assert done.stderr == ""
    assert left_in(tmp_path) == set()


def test_the_list_has_every_requirement_and_every_observation(tmp_path: Path) -> None:
    known = contract.load()
    listed = conformance("list", cwd=tmp_path).stdout
    ids = re.findall(r"^  ([A-Z]+-O?\d+) ", listed, re.MULTILINE)
    assert sorted(ids) == sorted([*known.requirements, *known.observations])
    assert max(map(len, listed.splitlines())) <= 80


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m conformance list | head -1; echo ${{PIPESTATUS[0]}}"],
        cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "0"


def usage_error(arguments: list[str], cwd: Path, **env: str) -> str:
    """Return the one line that a command with a usage error writes to standard error."""
    done = conformance(*arguments, cwd=cwd, **env)
    lines = done.stderr.splitlines()
    assert done.returncode == 2, done.stderr
    assert len(lines) == 1, done.stderr
    assert done.stdout == ""
    assert lines[0].startswith("conformance: ")
    return lines[0]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "COMMAND"),
        (["judge"], "judge"),
        (["explain"], "ID"),
        (["explain", "n-22"], "'n-22' is no requirement; did you mean N-2"),
        (["explain", "zzz"], "see `conformance list`"),
        (["run", "--no-such-flag"], "--no-such-flag"),
        (["run", NO_SERVER, "--concurrency", "0"], "--concurrency: '0'"),
        (["run", NO_SERVER, "--concurrency"], "expected one argument"),
        (["run", NO_SERVER, "--profile", "huge"], "none of smoke, core, full"),
        (["run", NO_SERVER, "--requirement", "N-99"], "'N-99' is no requirement"),
        (["run", NO_SERVER, "--config", "missing.toml"], "missing.toml: cannot be read"),
        (["run", "--config", "missing.toml"], "missing.toml: cannot be read"),
        (["run", "--config", "."], "cannot be read: Is a directory"),
        (["run", "127.0.0.1:8080"], "has no http:// or https:// before a host"),
        (["run", "http://127.0.0.1:99999"], "99999"),
        (["run", "http://[::1"], "http://[::1"),
        (["run", NO_SERVER, "--api-key-env", "NOT_SET"], "NOT_SET is not set"),
        (["run", NO_SERVER, "--image", "missing.png"], "missing.png: cannot be read"),
        (["run", NO_SERVER, "--listen", "here"], "--listen"),
        (["run", NO_SERVER, "--listen", "192.0.2.1:80"], "--listen 192.0.2.1:80"),
        (["run", NO_SERVER, "--listen", "no such host:80"], "--listen"),
        (["run", NO_SERVER, "--report-dir", "file"], "--report-dir file"),
        (["run", NO_SERVER, "--report-dir", "file/x"], "--report-dir file/x"),
        (["run", NO_SERVER, "--header", "x"], "--header"),
        (["report", "missing.json"], "missing.json"),
        (["report", "file"], "file"),
        (["report", "."], "."),
        (["serve", "--port", "x"], "--port"),
        (["serve", "--port", "99999"], "--port 99999"),
        (["serve", "--port", "-1"], "--port -1"),
        (["serve", "--defect", "no-such"], "'no-such' is no defect or variant"),
    ],
    ids=lambda v: " ".join(v)[:50] if isinstance(v, list) else "",
)  # fmt: skip
def test_what_cannot_be_understood_is_one_line_and_exit_2(
    arguments: list[str], says: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no result")
    assert says in usage_error(arguments, tmp_path, CONFORMANCE_API_KEY=KEY)
    assert "--listen" in arguments or not (tmp_path / "reports").exists()


def test_a_missing_credential_is_one_line(tmp_path: Path) -> None:
    said = usage_error(["run", "http://gateway.example"], tmp_path)
    assert "CONFORMANCE_API_KEY is not set" in said


def test_a_file_that_is_no_toml_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "conformance.toml").write_text("model =")
    assert "conformance.toml: is no TOML" in usage_error(["run"], tmp_path)
    (tmp_path / "conformance.toml").write_text("modell = 'x'")
    assert "did you mean model?" in usage_error(["run"], tmp_path)


def test_a_port_that_is_taken_is_one_line(tmp_path: Path) -> None:
    with Loopback(lambda _: json_answer({})) as server:
        assert "0 takes a free one" in usage_error(["serve", "--port", str(server.port)], tmp_path)
        listen = ["run", NO_SERVER, "--listen", f"{HOST}:{server.port}"]
        assert "--listen" in usage_error(listen, tmp_path, CONFORMANCE_API_KEY=KEY)


def test_no_credential_is_taken_from_the_command_line(tmp_path: Path) -> None:
    """`--api-key` is no short form of --api-key-env, and its value must not be echoed."""
    said = usage_error(["run", NO_SERVER, "--api-key", KEY], tmp_path)
    assert said == "conformance: unrecognized arguments: --api-key; see `conformance --help`"
    assert KEY not in usage_error(["run", NO_SERVER, f"--api-key={KEY}"], tmp_path)


# ------------------------------------------------------------------ a whole run


@pytest.fixture(scope="session")
def whole(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """Run once against the embedded gateway, in a folder of its own."""
    folder = tmp_path_factory.mktemp("whole")
    return folder, conformance("run", "--report-dir", "out", cwd=folder)


Whole = tuple["Path", "subprocess.CompletedProcess[str]"]


def test_the_embedded_gateway_is_conformant(whole: Whole) -> None:
    folder, done = whole
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    result = result_in(folder / "out")
    assert result["verdict"] == "conformant"
    judged = [r for r in result["requirements"] if r["clause"] != "PROVIDER"]
    assert {r["status"] for r in judged if r["level"] == "MUST"} == {"pass"}
    unseen = [r for r in result["requirements"] if r["clause"] == "PROVIDER"]
    assert {r["status"] for r in unseen} == {"not-applicable"}
    assert all("--observe HOST:PORT" in r["message"] for r in unseen)
    assert result["diagnosis"] == []


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
    assert inside == {"result.json", "junit.xml", "report.html", "evidence.jsonl"}


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
        sent.append({json.loads(line)["id"] for line in lines if not line.startswith('{"run"')})
    assert sent[0] == sent[1]
    assert sent[0]


# ------------------------------------------------------------------ a dry run


@pytest.mark.parametrize("key", [{}, {"CONFORMANCE_API_KEY": KEY}])
def test_a_dry_run_sends_nothing_and_writes_nothing(key: dict[str, str], tmp_path: Path) -> None:
    connected: list[int] = []

    def accept(_connection: socket.socket, number: int) -> None:
        connected.append(number)

    with raw_server(accept) as (url, _):
        done = conformance("run", url, "--dry-run", cwd=tmp_path, **key)
    assert connected == []
    assert done.returncode == 0, done.stderr
    assert re.search(r"\d+ pictures if the gateway is correct", done.stdout)
    assert left_in(tmp_path) == set()
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_says_how_long_it_takes_at_least(tmp_path: Path) -> None:
    done = conformance("run", "--dry-run", "--latency", "3", "--concurrency", "2", cwd=tmp_path)
    found = re.search(r"(.+) at least: (\d+) successes x 3 s, 2 at once", done.stdout)
    assert found is not None
    least_s = int(found[2]) * 3 / 2
    assert f"{int(least_s % 60)}" in found[1]
    assert "if it accepts all that it may refuse" in done.stdout


def test_a_latency_that_is_none_is_a_usage_error(tmp_path: Path) -> None:
    done = conformance("run", "--dry-run", "--latency", "-1", cwd=tmp_path)
    assert done.returncode == 2
    assert "--latency" in done.stderr


def test_a_dry_run_without_a_url_needs_no_gateway(tmp_path: Path) -> None:
    done = conformance("run", "--dry-run", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "n=11" in done.stdout
    assert list(tmp_path.iterdir()) == []


# ------------------------------------------------------------------ hostile surroundings


def make_hostile(folder: Path) -> None:
    (folder / "conftest.py").write_text(
        "import pytest\n"
        "raise SystemExit('the run read a conftest of the working directory')\n"
    )  # fmt: skip
    (folder / "pytest.ini").write_text(
        "[pytest]\naddopts = --no-such-option -x -k nothing\nfilterwarnings = error\n"
        "python_functions = nothing_*\nconsole_output_style = nonsense\n"
    )
    (folder / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = '--bad'\n")
    (folder / "tox.ini").write_text("[pytest]\naddopts = --bad\n")
    (folder / "schemathesis.toml").write_text("nonsense = true\n")
    (folder / "json.py").write_text("raise SystemExit('another json was imported')\n")


HOSTILE = {
    "PYTEST_ADDOPTS": "--no-such-option -k nothing",
    "PYTEST_PLUGINS": "no_such_plugin",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "",
    "PYTEST_CURRENT_TEST": "x",
    "http_proxy": f"http://{HOST}:9",
    "HTTP_PROXY": f"http://{HOST}:9",
    "ALL_PROXY": f"http://{HOST}:9",
    "NO_COLOR": "1",
    "PYTHONWARNINGS": "error",
}


def statuses(result: dict[str, Any]) -> dict[str, list[tuple[str, str]]]:
    return {
        r["id"]: sorted((c["node"], c["status"]) for c in r["checks"])
        for r in result["requirements"]
    }


def test_hostile_surroundings_change_nothing(whole: Whole, tmp_path: Path) -> None:
    make_hostile(tmp_path)
    # Like the installed command, Python must not import modules from the working directory.
    done = subprocess.run(
        [sys.executable, "-P", "-m", "conformance", "run", "--report-dir", "out"],
        cwd=tmp_path,
        env=environment(**HOSTILE),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert statuses(result_in(tmp_path / "out")) == statuses(result_in(whole[0] / "out"))


def with_pytest(cwd: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            "--pyargs",
            "conformance.checks",
            *arguments,
        ],
        cwd=cwd,
        env=environment(**env),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_plain_pytest_judges_a_gateway_too(gateway: str, whole: Whole, tmp_path: Path) -> None:
    done = with_pytest(tmp_path, "--gateway-url", gateway, "-q")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert " passed" in done.stdout
    result = result_in(tmp_path / "reports")
    assert result["verdict"] == "conformant"
    here, there = statuses(result), statuses(result_in(whole[0] / "out"))
    # Only an embedded gateway is known to reach the canary.
    assert {i for i in here if [s for _, s in here[i]] != [s for _, s in there[i]]} <= {
        "AUTH-10",
        "IMAGE-13",
    }


def test_plain_pytest_fails_where_the_gateway_does(tmp_path: Path) -> None:

    with running(behaviour(["n-eleven-accepted"], [])) as url:
        done = with_pytest(tmp_path, "--gateway-url", url, "-q", "-k", "outside")
    assert done.returncode == 1
    assert "1 failed" in done.stdout


def test_plain_pytest_without_a_gateway_collects_and_says_what_is_missing(tmp_path: Path) -> None:
    done = with_pytest(tmp_path, "--gateway-url", "nowhere")
    assert done.returncode == 4
    assert "has no http:// or https:// before a host" in done.stderr


# ------------------------------------------------------------------ the end


def test_an_interrupted_run_ends_with_130_and_writes_its_reports(tmp_path: Path) -> None:
    def slow(connection: socket.socket, _number: int) -> None:
        read_request(connection)
        time.sleep(4)

    with raw_server(slow) as (url, numbers):
        process = subprocess.Popen(
            [sys.executable, "-m", "conformance", "run", url],
            cwd=tmp_path,
            env=environment(CONFORMANCE_API_KEY=KEY),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        until = time.monotonic() + 30
        while not numbers and time.monotonic() < until:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in errors


def test_a_gateway_that_is_not_there_is_no_usage_error(tmp_path: Path) -> None:
    done = conformance("run", f"http://{HOST}:{free_port()}", cwd=tmp_path)
    assert done.returncode == 3
    assert "cannot be reached" in done.stdout
