"""SIGTERM and SIGHUP end a command as Ctrl-C does: with its reports, and with a code of its own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.commanding import environment, result_in
from tests.serving import HOST, KEY, Got, Loopback, free_port, pictures_answer, raw_server, silent

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def begun(*arguments: str, cwd: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "conformance", *arguments],
        cwd=cwd, env=environment(CONFORMANCE_API_KEY=KEY), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def ended(process: subprocess.Popen[str], number: signal.Signals) -> tuple[int, str, str]:
    process.send_signal(number)
    out, errors = process.communicate(timeout=100)
    assert "Traceback" not in errors
    return process.returncode, out, errors


def until(there: Callable[[], object]) -> None:
    for _ in range(2000):
        if there():
            return
        time.sleep(0.05)
    raise AssertionError("it never came")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_run_that_is_stopped_writes_its_reports(
    number: signal.Signals, code: int, tmp_path: Path
) -> None:
    def slow(_: Got) -> object:
        time.sleep(0.3)
        return pictures_answer()

    with Loopback(slow) as server:  # type: ignore[arg-type] # it returns an answer
        process = begun("run", server.url, cwd=tmp_path)
        until(lambda: len(server.got) > 20)
        found, out, _ = ended(process, number)
    assert found == code
    result = result_in(tmp_path / "reports")
    assert result["verdict"] == "incomplete"
    assert "the run was interrupted" in result["diagnosis"][0]["problem"]
    assert "INCOMPLETE" in out
    lines = (tmp_path / "reports" / "evidence.jsonl").read_text().splitlines()
    assert all(json.loads(line) for line in lines)
    assert {p.name for p in (tmp_path / "reports").iterdir()} >= {"junit.xml", "report.html"}
    assert not (tmp_path / "reports" / ".lock").exists()


def test_a_preflight_that_is_stopped_writes_its_reports(tmp_path: Path) -> None:
    with raw_server(silent) as (url, numbers):
        process = begun("run", url, "--api-key-env", "CONFORMANCE_API_KEY", cwd=tmp_path)
        until(lambda: numbers)
        found, _, _ = ended(process, signal.SIGTERM)
    assert found == 143
    assert result_in(tmp_path / "reports")["verdict"] == "incomplete"


@pytest.mark.parametrize("command", ["serve --port", "provide"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_what_serves_ends_quietly(command: str, number: signal.Signals, tmp_path: Path) -> None:
    process = begun(*command.split(), str(free_port()), cwd=tmp_path)
    assert process.stdout is not None
    assert f"http://{HOST}:" in process.stdout.readline()
    code, _, errors = ended(process, number)
    assert (code, errors) == (0, "")


def test_a_self_test_that_is_stopped_is_one_line(tmp_path: Path) -> None:
    process = begun("selftest", "--jobs", "1", cwd=tmp_path)
    assert process.stderr is not None
    process.stderr.readline()
    code, out, errors = ended(process, signal.SIGTERM)
    assert (code, out) == (143, "")
    assert errors.splitlines()[-1] == "conformance: interrupted"
