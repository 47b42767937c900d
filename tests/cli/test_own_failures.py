"""What the suite itself fails at is one line and exit 3, and never held against the gateway."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance.reference.behaviour import Behaviour
from conformance.reference.catalogue import behaviour
from conformance.reference.server import running
from tests import forking
from tests.commanding import conformance, environment, forked, left_in, result_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SMOKE = ("run", "--profile", "smoke")
REPORTS = {
    *("result.json", "junit.xml", "report.html", "report.md", "badge.json", "evidence.jsonl")
}


def shell(line: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a line of the shell, in which `conformance` is this suite."""
    define = f'conformance() {{ {sys.executable} -m conformance "$@"; }}\n'
    return subprocess.run(
        ["bash", "-c", define + line],
        cwd=cwd, env=environment(), capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def with_disk(blocks: int, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command that may write no file of more than so many kilobytes."""
    limits = {resource.RLIMIT_FSIZE: blocks * 1024}
    words = ("-m", "conformance", *arguments)
    return forking.run(*words, cwd=cwd, env=environment(), limits=limits)


def own_line(errors: str) -> str:
    """The one line that says what failed; lines of progress may stand before it."""
    assert "Traceback" not in errors
    (line,) = [line for line in errors.splitlines() if line.startswith("conformance: ")]
    assert errors.endswith(f"{line}\n"), "it is the last word"
    return line


@pytest.fixture
def gateway() -> Iterator[str]:
    """A gateway of its own for each test: the cache of another run's would make a run begin again."""
    with running(Behaviour()) as url:
        yield url


# ---------------------------------------------------------------- standard output and error


@pytest.mark.parametrize(
    ("command", "where", "why"),
    [
        ("list", ">&-", "it is closed"),
        ("explain N-2", ">/dev/full", "No space left on device"),
        ("serve --list", ">/dev/full", "No space left on device"),
        ("run --help", ">&-", "it is closed"),
        ("--version", ">/dev/full", "No space left on device"),
        ("serve --port 0", ">/dev/full", "No space left on device"),
    ],
)
def test_a_page_that_cannot_be_printed_is_one_line(
    command: str, where: str, why: str, tmp_path: Path
) -> None:
    done = shell(f"conformance {command} {where}", tmp_path)
    assert done.returncode == 3
    assert done.stderr == f"conformance: standard output cannot be written to: {why}\n"


@pytest.mark.parametrize("command", ["list", "run --help"])
def test_a_reader_that_has_enough_is_no_failure(command: str, tmp_path: Path) -> None:
    done = shell(f"conformance {command} | true; echo ${{PIPESTATUS[0]}}", tmp_path)
    assert (done.stdout, done.stderr) == ("0\n", "")


@pytest.mark.parametrize(
    ("where", "why"),
    [
        (">&-", "it is closed"),
        (">/dev/full", "No space left on device"),
        ("| true", "nobody reads standard output any more"),
        (">&- </dev/null 2>/dev/null", None),
    ],
)
def test_a_verdict_that_cannot_be_told_is_exit_3_and_in_the_reports(
    where: str, why: str | None, gateway: str, tmp_path: Path
) -> None:
    done = shell(
        f"conformance {' '.join(SMOKE)} {gateway} {where}; exit ${{PIPESTATUS[0]}}", tmp_path
    )
    assert done.returncode == 3
    assert left_in(tmp_path / "reports") == REPORTS
    assert result_in(tmp_path / "reports")["verdict"] == "conformant"
    if why is not None:
        said = own_line(done.stderr)
        assert why in said
        assert "what was gathered is in reports/result.json" in said


@pytest.mark.parametrize("where", ["2>&- <&-", "2>/dev/full", "2> >(true)"])
def test_progress_that_cannot_be_shown_changes_nothing(
    where: str, gateway: str, tmp_path: Path
) -> None:
    done = shell(f"conformance {' '.join(SMOKE)} {gateway} {where}", tmp_path)
    assert done.returncode == 0, done.stdout
    assert "CONFORMANT" in done.stdout
    assert result_in(tmp_path / "reports")["verdict"] == "conformant"
    assert left_in(tmp_path / "reports") == REPORTS


# ---------------------------------------------------------------- disks and folders

ODD: dict[str, Callable[[Path], object]] = {
    "folder": Path.mkdir,
    "pipe": os.mkfifo,
    "link to nothing": lambda path: path.symlink_to("/no/such/folder/file"),
    "full device": lambda path: path.symlink_to("/dev/full"),
}


@pytest.mark.parametrize("name", ["result.json", "junit.xml", "report.html"])
def test_a_report_that_cannot_be_written_keeps_no_other_from_it(
    name: str, gateway: str, tmp_path: Path
) -> None:
    (tmp_path / "reports" / name).mkdir(parents=True)
    done = conformance(*SMOKE, gateway, cwd=tmp_path)
    assert done.returncode == 3
    assert f"reports/{name} cannot be written: Is a directory" in own_line(done.stderr)
    assert left_in(tmp_path / "reports") == REPORTS - {name}
    assert "CONFORMANT" in done.stdout


@pytest.mark.parametrize("kind", ["pipe", "full device"])
def test_reports_take_the_place_of_what_is_no_file(kind: str, gateway: str, tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    for name in ("result.json", "junit.xml", "report.html"):
        ODD[kind](tmp_path / "reports" / name)
    done = conformance(*SMOKE, gateway, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert left_in(tmp_path / "reports") == REPORTS


@pytest.mark.parametrize("kind", ODD)
def test_nothing_is_sent_where_no_evidence_can_be_kept(
    kind: str, gateway: str, tmp_path: Path
) -> None:
    (tmp_path / "reports").mkdir()
    ODD[kind](tmp_path / "reports" / "evidence.jsonl")
    done = conformance("run", gateway, cwd=tmp_path)
    assert done.returncode == 3
    said = own_line(done.stderr)
    assert "reports/evidence.jsonl cannot be written: " in said
    assert "nothing was sent" in said
    found = result_in(tmp_path / "reports")
    assert (found["verdict"], found["requests"]) == ("incomplete", 0)
    assert "evidence.jsonl" in found["diagnosis"][0]["problem"]
    assert {r["status"] for r in found["requirements"]} == {"untestable"}


def test_a_file_in_the_place_of_the_fixtures_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "fixtures").touch()
    with running(behaviour(["n-eleven-accepted"], [])) as faulty:
        done = conformance("run", faulty, "--requirement", "N-2", cwd=tmp_path)
    assert done.returncode == 3, "1 would say that everything is as it should be on this side"
    assert "reports/fixtures/" in own_line(done.stderr)
    found = result_in(tmp_path / "reports")
    assert [r["id"] for r in found["requirements"] if r["status"] == "fail"] == ["N-2"]
    assert any("Not everything could be written" in note for note in found["notes"])
    assert left_in(tmp_path / "reports") >= REPORTS


@pytest.mark.parametrize("blocks", [2, 10, 40, 100])
def test_a_full_disk_is_one_line_and_what_has_room_is_kept(
    blocks: int, gateway: str, tmp_path: Path
) -> None:
    """A limit on the size of a file stands for a disk: evidence of 80 kB, its first line of 2 kB."""
    done = with_disk(blocks, *SMOKE, gateway, cwd=tmp_path)
    assert done.returncode == 3
    said = own_line(done.stderr)
    left = left_in(tmp_path / "reports")
    if blocks < 100:
        assert "evidence.jsonl cannot be written any more: File too large" in said
        assert "INCOMPLETE" in done.stdout
    else:
        assert "report.html cannot be written: File too large" in said
        assert {"result.json", "junit.xml", "evidence.jsonl"} <= left
    lines = (tmp_path / "reports" / "evidence.jsonl").read_bytes()
    assert lines.endswith(b"\n") or (blocks == 2 and not lines), "no half of a line is left"
    assert all(json.loads(line) for line in lines.splitlines())


def test_a_run_that_found_the_disk_full_goes_on_when_there_is_room(
    gateway: str, tmp_path: Path
) -> None:
    with_disk(40, *SMOKE, gateway, cwd=tmp_path)
    done = conformance("run", gateway, "--profile", "smoke", "--resume", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert result_in(tmp_path / "reports")["ledger"]["taken_over"] >= 3


# ---------------------------------------------------------------- faults of the suite itself

BROKEN = """
import sys
{patch}
from conformance.cli.main import main
sys.exit(main(sys.argv[1:]))
"""
RAISES = "def broken(*given, **named):\n    raise {error}\n"
# Where a fault may lie: a function of the suite that raises, and whether the checks are through then.
FAULTS = {
    "a check": ("conformance.judging.expect", "Expectation.accepted"),
    "the sender's thread": ("conformance.send.attempts", "Attempts.send"),
    "the settings": ("conformance.target.build", "build"),
    "the preflight": ("conformance.run.session", "Session.examine"),
    "the beginning": ("conformance.run.session", "Session.begin"),
    "the collection": ("conformance.run.selection", "rows"),
    "the order": ("conformance.run.selection", "place"),
    "the end": ("conformance.send.sender", "Sender.close"),
    "the exchanges": ("conformance.run.assemble", "summaries"),
    "the findings": ("conformance.run.assemble", "find"),
    "the page": ("conformance.reports.html", "render"),
    "the summary": ("conformance.reports.terminal", "summary"),
    "the progress": ("conformance.reports.progress", "progress"),
}
HARMLESS = {"the progress"}


@pytest.mark.parametrize(
    ("where", "error"),
    [
        *((where, "KeyError('x')") for where in FAULTS),
        ("the findings", "RecursionError()"),
        ("the sender's thread", "MemoryError()"),
    ],
)
def test_a_fault_of_the_suite_is_one_line(
    where: str, error: str, gateway: str, tmp_path: Path
) -> None:
    module, name = FAULTS[where]
    owner, _, attribute = name.rpartition(".")
    patch = RAISES.format(error=error) + f"import {module} as module\n"
    patch += f"module{'.' if owner else ''}{owner}.{attribute} = broken"
    program = BROKEN.format(patch=patch)
    done = forked("-c", program, *SMOKE, gateway, cwd=tmp_path)
    assert "Traceback" not in done.stderr
    if where in HARMLESS:
        assert done.returncode == 0, done.stderr
        return
    assert done.returncode == 3, done.stderr + done.stdout
    if where == "a check":
        return  # it is an error of that check, in the reports
    said = own_line(done.stderr)
    assert "says nothing about the gateway" in said
    reports = tmp_path / "reports"
    if where == "the settings":
        assert not reports.exists()
        return
    assert left_in(reports) >= REPORTS - {"report.html" if where == "the page" else ""}
    found = result_in(reports)
    after = where in ("the end", "the page", "the summary")
    assert found["verdict"] == ("conformant" if after else "incomplete")


def test_a_developer_sees_where_it_failed(gateway: str, tmp_path: Path) -> None:
    patch = RAISES.format(error="KeyError('x')")
    patch += "import conformance.run.assemble as module\nmodule.find = broken"
    program = BROKEN.format(patch=patch)
    done = forked("-c", program, *SMOKE, gateway, cwd=tmp_path, CONFORMANCE_TRACEBACK="1")
    assert done.returncode == 3
    assert "Traceback" in done.stderr
    assert "KeyError: 'x'" in done.stderr


def test_a_thread_that_dies_is_said_and_not_printed(gateway: str, tmp_path: Path) -> None:
    patch = (
        "import threading\n"
        "def dies():\n    raise KeyError('in a thread')\n"
        "import conformance.run.session as module\n"
        "begin = module.Session.begin\n"
        "def begins(session):\n    threading.Thread(target=dies).start()\n    begin(session)\n"
        "module.Session.begin = begins"
    )
    done = forked("-c", BROKEN.format(patch=patch), *SMOKE, gateway, cwd=tmp_path)
    assert done.returncode == 3
    assert "KeyError: 'in a thread'" in own_line(done.stderr)
    assert left_in(tmp_path / "reports") == REPORTS
