"""A killed run is resumed: no settled request is sent again, and the verdict is the same."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.cases.spec import PLAIN
from conformance.evidence import chain, log, reading, resume
from conformance.http.redacting.vault import Vault
from conformance.http.request import LAST
from conformance.reference.catalogue import behaviour
from conformance.reference.demo import DEMO_VARIABLES
from conformance.reference.server import running
from conformance.target.options import Limits
from conformance.verify.verifying import verify
from tests.amount import some
from tests.asking import Asking, answering
from tests.commanding import conformance, environment
from tests.send.test_budget import Made
from tests.serving import KEY, Loopback, free_port, json_answer, pictures_answer

if TYPE_CHECKING:
    from pathlib import Path

FLAGS = [word for row in DEMO_VARIABLES.api_keys for word in ("--api-key-env", row)]
FLAGS += ["--failing-model", DEMO_VARIABLES.failing_model]
ENV = DEMO_VARIABLES.environment()


def stopped_after(lines: int, how: signal.Signals, url: str, cwd: Path, *more: str) -> int:
    """Start a run, stop it once its evidence has so many lines, and return its exit code."""
    process = subprocess.Popen(
        [sys.executable, "-m", "conformance", "run", url, *FLAGS, *more],
        cwd=cwd, env=environment(**ENV), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    path = cwd / "reports" / "evidence.jsonl"
    for _ in range(4000):
        if path.is_file() and path.read_bytes().count(b"\n") >= lines:
            break
        time.sleep(0.005)
    process.send_signal(how)
    return process.wait(30)


def result(cwd: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((cwd / "reports" / "result.json").read_text())
    return found


def said(found: dict[str, Any]) -> tuple[str, dict[str, str]]:
    return found["verdict"], {r["id"]: r["status"] for r in found["requirements"]}


@pytest.mark.parametrize(
    "defects",
    some([["n-eleven-accepted"], [], ["media-type-without-envelope"]], of=3),
)
def test_a_killed_run_goes_on_without_paying_twice(defects: list[str], tmp_path: Path) -> None:
    known = behaviour(defects, [])
    whole, half = tmp_path / "whole", tmp_path / "half"
    for folder in (whole, half):
        folder.mkdir()
    with running(known) as url:
        conformance("run", url, *FLAGS, cwd=whole, **ENV)
    made = Made()
    with running(made.at(replace(known, thinking_s=0.02))) as url:
        assert stopped_after(120, signal.SIGKILL, url, half) == -signal.SIGKILL
        settled = list(reading.read(half / "reports" / "evidence.jsonl"))
        assert len(settled) >= 100
        before = made.count
        done = conformance("run", url, *FLAGS, "--resume", cwd=half, **ENV)
    assert "Traceback" not in done.stderr
    assert said(result(half)) == said(result(whole))
    ledger = result(half)["ledger"]
    assert ledger["taken_over"] >= 100
    assert ledger["requests"] < result(whole)["requests"] - 80
    # The requests in flight at the kill were not settled and are sent again: four at most.
    assert made.count <= result(whole)["images"] + 4 * 10
    assert made.count - before <= result(whole)["images"] - ledger["taken_over_images"]
    assert "taken over" in done.stdout
    # The first process had a new seed, and this one has not.
    assert defects or verify(half / "reports").holds


def test_an_interrupted_run_is_incomplete_and_goes_on(tmp_path: Path) -> None:
    with running(replace(behaviour([], []), thinking_s=0.05)) as url:
        assert stopped_after(60, signal.SIGINT, url, tmp_path) == 130
        assert result(tmp_path)["verdict"] == "incomplete"
        assert result(tmp_path)["ledger"]["requests"] > 40
        done = conformance("run", url, *FLAGS, "--resume", cwd=tmp_path, **ENV)
    assert done.returncode == 0, done.stdout
    assert result(tmp_path)["verdict"] == "conformant"


def test_a_settled_request_is_not_sent_again() -> None:
    with answering(pictures_answer()) as server:
        first = Asking(server.url, PLAIN, replace(PLAIN, copy=1)).all()
        asking = Asking(server.url, PLAIN, replace(PLAIN, copy=1), replace(PLAIN, copy=2))
        asking.sender._known = {e.id: e for e in first}
        found = asking.all()
    assert len(server.got) == 3
    assert [e.ok for e in found] == [True] * 3
    assert asking.sender.spent.taken_over == 2
    assert len(asking.seen) == 1


def test_requests_that_only_make_sense_together_are_sent_together() -> None:
    first = replace(PLAIN, connection="c", copy=1)
    second = replace(PLAIN, connection="c", copy=2)
    last = replace(PLAIN, phase=LAST, copy=3)
    after = replace(PLAIN, after=second, copy=4)
    with answering(pictures_answer()) as server:
        asking = Asking(server.url, PLAIN, first, second, last, after)
        found = {e.id: e for e in asking.all()}
    requests = list(asking.plan.requests.values())
    assert len(resume.taken(requests, found)) == 5
    without = {k: e for k, e in found.items() if e.request.copy != 1}
    taken = resume.taken(requests, without)
    assert {e.request.copy for e in taken.values()} == {0}


def test_a_request_answered_with_retry_after_or_never_is_sent_again() -> None:
    with answering(json_answer({}, 503, retry_after="99")) as server:
        asking = Asking(server.url, PLAIN)
        found = {e.id: e for e in asking.all()}
    assert resume.taken(asking.plan.requests.values(), found) == {}


def test_a_request_for_which_no_time_was_left_is_sent_again() -> None:
    asking = Asking("http://127.0.0.1:1", PLAIN, limits=Limits(max_time_s=1e-6))
    found = {e.id: e for e in asking.all()}
    assert [e.failure for e in found.values()] == ["overtime"]
    assert resume.taken(asking.plan.requests.values(), found) == {}


def test_a_cut_line_is_taken_away_before_more_is_written(tmp_path: Path) -> None:
    path = tmp_path / "evidence.jsonl"
    path.write_text(chain.linked("", '{"run": {"seed": 1}}') + '\n{"id": "half')
    kept = log.Evidence(path, Vault(), more=True)
    kept.begin(reading.Head({"seed": 2}))
    kept.close()
    assert [s.head.run["seed"] for s in reading.recording(path).sections] == [1, 2]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("finished")
    with Loopback(lambda _got: pictures_answer()) as server:
        conformance("run", server.url, "--check", "n=2", cwd=folder, CONFORMANCE_API_KEY=KEY)
        return folder, server.url


@pytest.mark.parametrize(
    ("flags", "text"),
    [
        (["--seed", "7"], "is of another seed: 1, not 7"),
        (["--model", "a/b"], "is of another target: model 'openai/dall-e-2', not model 'a/b'"),
        (["--profile", "full"], "is of another profile"),
        (["--report-dir", "elsewhere"], "there is no elsewhere/evidence.jsonl"),
    ],
)
def test_another_run_is_not_gone_on_with(
    flags: list[str], text: str, finished: tuple[Path, str]
) -> None:
    folder, url = finished
    done = conformance("run", url, "--resume", *flags, cwd=folder, CONFORMANCE_API_KEY=KEY)
    assert done.returncode == 2
    assert text in done.stderr
    assert re.search("run without --resume", done.stderr)


def test_a_gateway_that_is_gone_is_seen_before_anything_is_judged(tmp_path: Path) -> None:
    port = free_port()
    assert port
    with running(behaviour([], [])) as url:
        conformance("run", url, *FLAGS, "--check", "test_n.py", cwd=tmp_path, **ENV)
    done = conformance("run", url, *FLAGS, "--resume", cwd=tmp_path, **ENV)
    assert done.returncode == 3
    assert "cannot be reached" in done.stdout
