"""Whatever stands where a file is read is one line and exit 2: nothing hangs, and nothing is a fault."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conformance.evidence.log import Evidence
from conformance.evidence.reading import Head
from conformance.http.exchange import Exchange, Reply
from conformance.http.redacting.vault import Vault
from conformance.result import storage
from tests import forking
from tests.commanding import conformance, environment
from tests.result.samples import EVERYTHING
from tests.run.test_lock import HOLD
from tests.serving import HOST, KEY
from tests.values import request

if TYPE_CHECKING:
    from collections.abc import Callable

NO_SERVER = f"http://{HOST}:9"
LITTLE = {resource.RLIMIT_AS: 2_000_000 * 1024}


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2 * 2**30)


def holding(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


ODD: dict[str, Callable[[Path], object]] = {
    "folder": Path.mkdir,
    "pipe": os.mkfifo,
    "endless device": lambda path: path.symlink_to("/dev/zero"),
    "link to nothing": lambda path: path.symlink_to("/no/such/file"),
    "sparse": sparse,
    "picture": holding(b"\x89PNG\r\n\x1a\n\x00\xff"),
    "not UTF-8": holding(b'{"a": "\xff"}\n'),
    "null bytes": holding(b"\0" * 1000),
    "deep": holding(b'{"a":' * 1000 + b"1" + b"}" * 1000 + b"\n"),
    "deeper": holding(b"[" * 200_000 + b"\n"),
    "huge number": holding(b'{"a": ' + b"9" * 5000 + b"}\n"),
    "NaN": holding(b'{"a": NaN}\n'),
    "infinity": holding(b'{"a": 1e999}\n'),
    "lone surrogate": holding(b'{"\\ud800": 1}\n'),
    "twice": holding(b'{"verdict": 1, "verdict": 2}\n'),
    "list": holding(b"[1]\n"),
    "text": holding(b'"x"\n'),
    "control characters": holding(b'{"\\u001b[31m\\n": 1}\n'),
}


def run(*arguments: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """A command with little memory and little time: what is odd is not read whole, nor waited for."""
    words = ("-m", "conformance", *arguments)
    known = environment(CONFORMANCE_API_KEY=KEY, **env)
    return forking.run(*words, cwd=cwd, env=known, limits=LITTLE, timeout_s=60)


def refused(done: subprocess.CompletedProcess[str], name: str) -> str:
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith("conformance: ")
    assert line.isprintable()
    assert len(line) < 2_500
    assert name in line
    return line


@pytest.mark.parametrize("kind", ODD)
def test_a_result_that_is_none_is_one_line(kind: str, tmp_path: Path) -> None:
    ODD[kind](tmp_path / "result.json")
    refused(run("report", "result.json", cwd=tmp_path), "result.json")
    assert {p.name for p in tmp_path.iterdir()} == {"result.json"}


@pytest.mark.parametrize("kind", ["pipe", "sparse", "deep", "twice"])
def test_a_shard_or_an_earlier_run_that_is_none_is_one_line(kind: str, tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    ODD[kind](tmp_path / "reports" / "result.json")
    name = "reports/result.json"
    refused(run("merge", "reports", "reports", cwd=tmp_path), name)
    refused(run("run", NO_SERVER, "--replay", "abc", cwd=tmp_path), name)


@pytest.mark.parametrize("kind", ODD)
def test_evidence_that_is_none_is_one_line(kind: str, tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    ODD[kind](path := tmp_path / "reports" / "evidence.jsonl")
    refused(run("run", NO_SERVER, "--resume", cwd=tmp_path), "reports/evidence.jsonl")
    assert os.path.lexists(path), "what cannot be resumed is not taken away"


@pytest.mark.parametrize(
    "kind", ["pipe", "endless device", "sparse", "not UTF-8", "deeper", "control characters"]
)
def test_a_configuration_that_is_none_is_one_line(kind: str, tmp_path: Path) -> None:
    ODD[kind](tmp_path / "conformance.toml")
    refused(run("run", NO_SERVER, cwd=tmp_path), "conformance.toml")


@pytest.mark.parametrize(
    "text",
    [
        "timeout = nan",
        "timeout = inf",
        "concurrency = " + "9" * 200,
        "concurrency = [[1]]",
        "seed = " + "9" * 5_000,
        "max-n = -1",
        "a = " + "[" * 5_000,
        "model = 1979-05-27",
        'header = ["A: \\u0000"]',
        'report-dir = "a\\u0000b"',
        'report-dir = "' + "x" * 5_000 + '"',
        '"\\u001b[31m" = 1',
        "[header]\nx = 1",
    ],
    ids=lambda v: v[:20],
)
def test_a_setting_that_is_none_is_one_line(text: str, tmp_path: Path) -> None:
    (tmp_path / "conformance.toml").write_text(text + "\n")
    refused(run("run", NO_SERVER, cwd=tmp_path), "")


@pytest.mark.parametrize(
    ("flag", "kind"),
    [
        *(("--ca", kind) for kind in ("folder", "pipe", "endless device", "sparse", "null bytes")),
        *(("--client-cert", kind) for kind in ("pipe", "endless device")),
        *(("--image", kind) for kind in ("pipe", "endless device", "sparse", "list")),
    ],
)
def test_a_file_that_a_flag_names_is_one_line(flag: str, kind: str, tmp_path: Path) -> None:
    ODD[kind](tmp_path / "odd")
    refused(run("run", NO_SERVER, flag, "odd", cwd=tmp_path), f"{flag} odd")


# ---------------------------------------------------------------- values that do not fit


def changed(**changes: Any) -> str:
    found = json.loads(storage.to_json(EVERYTHING))
    found |= {"diagnosis": [], "selection": [], "shard": "", **changes}
    return json.dumps(found)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"verdict": "conformant"}, "its verdict is conformant, and its requirements come to"),
        ({"images": -1}, ".images is -1, less than 0"),
        ({"duration_s": -0.5}, ".duration_s is -0.5, less than 0"),
        ({"started": "\x1b[31m"}, ".started is '\\x1b[31m', no time"),
        ({"profile": ""}, ".profile is empty"),
        ({"contract": {}}, ".contract lacks the key 'version'"),
        ({"requirements": []}, "come to incomplete"),
        ({"shard": "1/1000000000", "verdict": "partial"}, "no I/N"),
        ({"exchanges": {"../x": {}}}, "lacks the key 'id'"),
    ],
)
def test_a_result_that_was_changed_is_one_line(
    changes: dict[str, Any], says: str, tmp_path: Path
) -> None:
    (tmp_path / "result.json").write_text(changed(**changes))
    assert says in refused(run("report", "result.json", cwd=tmp_path), "result.json")


def test_a_result_as_a_run_wrote_it_is_drawn(tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text(
        "\ufeff" + changed(notes=["\x1b]0;x\x07\x00\ud800\u202e"])
    )
    done = run("report", "result.json", "--report-dir", "out", cwd=tmp_path)
    assert done.returncode == 1, "the exit code is that of the verdict"
    assert done.stderr == (
        "conformance: result.json was not verified: no evidence lies beside it; the reports show what it"
        " says\n"
    )
    assert "\x1b" not in done.stdout
    assert {p.name for p in (tmp_path / "out").iterdir()} == {
        "result.json",
        "junit.xml",
        "report.html",
        "report.md",
        "badge.json",
    }


@pytest.mark.parametrize(
    ("shards", "says"),
    [
        (["1/1000000000", "2/1000000000"], "no I/N"),
        (["1/9000", "2/9000"], "missing: shard 3/9000, 4/9000, 5/9000, 6/9000, 7/9000 and 8993 more"),
        (["1/3", "3/3"], "missing: shard 2/3"),
        (["1/2", "1/2"], "missing: shard 2/2"),
        (["1/2", "2/3"], "split differently: into 2, 3"),
        (["0/2", "1/2"], "no I/N"),
        (["-1/2", "1/2"], "not ^([0-9]+/[0-9]+)?"),
        (["9" * 5_000 + "/2", "1/2"], "no I/N"),
    ],
)  # fmt: skip
def test_shards_that_are_not_those_of_one_run_are_one_line(
    shards: list[str], says: str, tmp_path: Path
) -> None:
    for number, shard in enumerate(shards):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "result.json").write_text(changed(shard=shard, verdict="partial"))
    assert says in refused(run("merge", "0", "1", cwd=tmp_path), "merge: ")


@pytest.mark.parametrize("kind", ["pipe", "endless device", "sparse"])
def test_evidence_of_a_shard_that_is_no_file_is_one_line(kind: str, tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / str(number)).mkdir()
        text = changed(shard=f"{number}/2", verdict="partial")
        (tmp_path / str(number) / "result.json").write_text(text)
    (tmp_path / "1" / "evidence.jsonl").write_text('{"run": {}}\n{"half of')
    ODD[kind](tmp_path / "2" / "evidence.jsonl")
    refused(run("merge", "1", "2", cwd=tmp_path), "2/evidence.jsonl cannot be read")


def test_shards_of_other_requirements_are_one_line(tmp_path: Path) -> None:
    whole = json.loads(changed())
    for number, same in enumerate(({"requirements": [], "waivers": {}}, whole)):
        (tmp_path / str(number)).mkdir()
        text = changed(**{**same, "shard": f"{number + 1}/2", "verdict": "partial"})
        (tmp_path / str(number) / "result.json").write_text(text)
    refused(run("merge", "0", "1", cwd=tmp_path), "1 has other requirements than 0")


@pytest.mark.parametrize(
    ("place", "changes", "says"),
    [
        ((), {"id": "0" * 12}, "says '000000000000'"),
        (("reply",), {"status": 10**30}, "status 1000000"),
        (("reply",), {"status": -1}, "status -1"),
        (("request",), {"label": "another"}, None),
        (("request",), {"method": "GET"}, "is of the request"),
        ((), {"elapsed_s": -1}, "before its time"),
    ],
)
def test_a_row_of_evidence_that_was_changed_is_one_line(
    place: tuple[str, ...], changes: dict[str, Any], says: str | None, tmp_path: Path
) -> None:
    (tmp_path / "reports").mkdir()
    path = tmp_path / "reports" / "evidence.jsonl"
    evidence = Evidence(path, Vault())
    evidence.begin(Head({"seed": 1}))
    evidence(Exchange(request("x"), Reply(400, (), b"{}"), elapsed_s=1.0))
    evidence.close()
    first, second = path.read_text().splitlines()
    at = row = json.loads(second)
    for step in place:
        at = at[step]
    at.update(changes)
    path.write_text(f"{first}\n{json.dumps(row)}\n")
    said = refused(run("run", NO_SERVER, "--resume", cwd=tmp_path), "reports/evidence.jsonl")
    if says is not None:
        assert says in said


def test_a_folder_that_another_run_holds_is_one_line_for_every_command(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / "result.json").write_text(changed())
    for number in (1, 2):
        (tmp_path / str(number)).mkdir()
        text = changed(shard=f"{number}/2", verdict="partial")
        (tmp_path / str(number) / "result.json").write_text(text)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        for command in (
            ("run", NO_SERVER),
            ("run", NO_SERVER, "--resume"),
            ("report",),
            ("merge", "1", "2"),
        ):
            said = refused(run(*command, cwd=tmp_path), "reports is in use by process")
            assert str(holder.pid) in said
        planned = conformance("run", NO_SERVER, "--dry-run", cwd=tmp_path, CONFORMANCE_API_KEY=KEY)
        assert planned.returncode == 0, planned.stderr
    finally:
        holder.communicate("")
    assert run("report", cwd=tmp_path).returncode == 1
