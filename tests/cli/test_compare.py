"""`conformance compare`, and a run that is compared with an earlier one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from conformance.bundle import archive
from conformance.bundle.layout import CONTRACT, DOCUMENTATION, RESULT, STATEMENT
from conformance.cli import against
from conformance.reference.behaviour import Behaviour
from conformance.reference.catalogue import defect
from conformance.reference.server import running
from conformance.result import storage
from tests.commanding import conformance, left_in
from tests.compare.values import refusing, result, row
from tests.serving import KEY

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Whole


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three results: a folder, a file beside it, and a bundle."""
    made = tmp_path_factory.mktemp("results")
    (made / "good").mkdir()
    storage.put(made / "good" / "result.json", lambda: storage.to_json(refusing(400)))
    storage.put(made / "bad.json", lambda: storage.to_json(refusing(500, seed="b")))
    lost = result(row("N-2", status="untestable"), row("N-3", status="pass"))
    beside = dict.fromkeys((CONTRACT, DOCUMENTATION, STATEMENT), b"{}")
    packed = archive.packed({**beside, RESULT: storage.to_json(lost).encode()})
    (made / "lost.zip").write_bytes(packed)
    return made


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("good", "bad.json"), 0),
        (("good", "bad.json", "--fail-on", "worse"), 1),
        (("bad.json", "good", "--fail-on", "worse"), 0),
        (("bad.json", "good", "--baseline", "good", "--fail-on", "worse"), 1),
        (("good", "lost.zip", "--fail-on", "worse"), 0),
        (("good", "lost.zip", "--fail-on", "lost"), 1),
    ],
)
def test_it_exits_with_1_on_what_it_was_asked_to_fail_for(
    arguments: tuple[str, ...], code: int, folder: Path
) -> None:
    done = conformance("compare", *arguments, cwd=folder)
    assert done.returncode == code, done.stderr
    assert done.stderr == ""
    assert "compared with" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("good",), "compare needs 2 to 60 results, and 1 is named"),
        (("good", "nowhere"), "nowhere cannot be read"),
        (("good", "x=bad.json", "--baseline", "bad"), "no result has this name; they are good, x"),
        (("x=good", "x=bad.json"), "two results are named 'x'"),
        (("good", "bad.json", "--output", "out.pdf"), "add --format"),
        (("good", "bad.json", "--output", ".", "--format", "md"), "is a folder"),
        (("good", "bad.json", "--fail-on", "other"), "invalid choice: 'other'"),
    ],
)
def test_what_cannot_be_used_is_one_line_and_exit_2(
    arguments: tuple[str, ...], says: str, folder: Path
) -> None:
    done = conformance("compare", *arguments, cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_file_is_written_in_the_format_that_its_name_says(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "new" / "matrix.html"
    done = conformance("compare", "good", "b=bad.json", "--output", str(path), cwd=folder)
    assert "b compared with good" in done.stdout
    assert f"Comparison: {path}" in " ".join(done.stdout.split())
    assert path.read_text().startswith("<!doctype html>")
    assert left_in(tmp_path) == {"new/matrix.html"}
    printed = conformance("compare", "good", "b=bad.json", "--format", "json", cwd=folder)
    assert [g["name"] for g in json.loads(printed.stdout)["gateways"]] == ["good", "b"]


@pytest.fixture(scope="module")
def runs(
    whole: Whole, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[int], list[str]]:
    """Run twice against a gateway with a defect: compared with a good one, and with itself."""
    made = tmp_path_factory.mktemp("runs")
    gate = ("--profile", "smoke", "--fail-on", "worse", "--only-regressions")
    with running(defect("missing-credential-404").patch(Behaviour())) as url:
        done = [
            conformance("run", url, *gate, "--against", against, cwd=made)
            for against in (str(whole[0] / "out"), "reports")
        ]
    return made, [d.returncode for d in done], [d.stdout for d in done]


def test_a_run_that_got_worse_fails_and_shows_what(
    runs: tuple[Path, list[int], list[str]],
) -> None:
    folder, codes, texts = runs
    assert codes[0] == 1
    assert "▼ AUTH-4  MUST  pass → fail" in texts[0]
    assert texts[0].index("NONCONFORMANT") < texts[0].index("this run compared with out")
    assert {f"comparison.{kind}" for kind in ("md", "json", "html")} <= left_in(folder / "reports")


def test_a_run_may_be_compared_with_what_lay_in_its_own_folder(
    runs: tuple[Path, list[int], list[str]],
) -> None:
    _, codes, texts = runs
    assert codes[1] == 0, "--only-regressions lets a failure pass that was there before"
    assert "this run compared with previous" in texts[1]
    assert "it fails as before, and nothing got worse" in texts[1]


@pytest.mark.parametrize(
    ("code", "regressed", "only", "ends"),
    [
        (0, False, False, 0),
        (0, True, False, 1),
        (1, False, False, 1),
        (1, False, True, 0),
        (1, True, True, 1),
        (0, True, True, 1),
        (3, False, True, 3),
        (3, True, False, 3),
        (130, True, True, 130),
    ],
)
def test_the_exit_code_of_a_compared_run(
    code: int,
    regressed: bool,  # noqa: FBT001 - a column of the table above
    only: bool,  # noqa: FBT001 - a column of the table above
    ends: int,
) -> None:
    assert against.exit_code(code, regressed=regressed, only_regressions=only) == ends


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--against", "nowhere"), "--against: nowhere cannot be read"),
        (("--fail-on", "worse"), "--fail-on: nothing is compared; add --against DIR"),
        (("--only-regressions",), "--only-regressions: nothing is compared"),
        (("--against", "good", "--only-regressions"), "add --fail-on worse"),
    ],
)
def test_a_run_that_cannot_be_compared_sends_nothing(
    arguments: tuple[str, ...], says: str, folder: Path, tmp_path: Path
) -> None:
    given = [str(folder / a) if a == "good" else a for a in arguments]
    done = conformance("run", "http://127.0.0.1:9", *given, cwd=tmp_path, CONFORMANCE_API_KEY=KEY)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert left_in(tmp_path) <= {"reports/.lock"}
