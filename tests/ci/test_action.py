"""The composite Action: its steps executed as GitHub would, with inputs of friends and of foes."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import yaml

from conformance.reference.catalogue import behaviour
from conformance.reference.credentials import demo_credentials
from conformance.reference.server import running
from conformance.target.settings import BY_NAME
from tests.amount import EVERYTHING
from tests.serving import HOST

from .github import ACTION, EXPRESSION, ROOT, STEPS, Ran, act, outputs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEY = demo_credentials().virtual_key
INSTALL = "Install the suite"
JUDGE = next(step for step in STEPS if step.get("id") == "judge")
ONE_CHECK = "--requirement=N-2\n--requirement=METHOD-3"
NOBODY = f"http://{HOST}:9"


@pytest.fixture(scope="module")
def gateways() -> Iterator[dict[str, str]]:
    with (
        running(behaviour()) as good,
        running(behaviour(["n-eleven-accepted"])) as broken,
        running(behaviour(["allow-missing"])) as warned,
    ):
        yield {"good": good, "broken": broken, "warned": warned}


def runner(folder: Path) -> tuple[Path, Path]:
    """The workspace and RUNNER_TEMP of a job whose environment for the suite is this one."""
    workspace, temp = folder / "workspace", folder / "temp"
    workspace.mkdir()
    temp.mkdir()
    (temp / "conformance").symlink_to(sys.prefix)
    return workspace, temp


def acted(folder: Path, **inputs: str) -> Ran:
    given = {name.replace("_", "-"): value for name, value in inputs.items()}
    return act(given, *runner(folder), leave_out=INSTALL, CONFORMANCE_API_KEY=KEY)


# ---------------------------------------------------------------- what the file says


def test_no_script_holds_an_expression() -> None:
    for step in STEPS:
        assert not EXPRESSION.search(step.get("run", "")), step


def test_other_actions_are_pinned_by_their_commit_and_say_their_version() -> None:
    text = (ROOT / "action.yml").read_text("utf-8")
    used = re.findall(r"uses: (.*)", text)
    assert len(used) == 2
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line) for line in used)


def test_each_input_is_used_and_each_output_comes_from_the_run() -> None:
    text = yaml.safe_dump(STEPS)
    assert {n for n in ACTION["inputs"] if f"inputs.{n}" not in text} == set()
    assert all(spec["value"].startswith("${{ steps.judge.") for spec in ACTION["outputs"].values())


def test_the_scripts_please_shellcheck() -> None:
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not installed (Debian package: shellcheck)")
    scripts = sorted((ROOT / ".ci" / "action").glob("*.sh"))
    assert len(scripts) == 2
    subprocess.run(["shellcheck", *scripts], check=True, timeout=60)


# ---------------------------------------------------------------- fail-on

STRICT = "strict" in BY_NAME


@pytest.mark.parametrize(
    ("gateway", "fail_on", "code"),
    [
        pytest.param(
            "good", "must", 0, marks=pytest.mark.skipif(not EVERYTHING, reason="warned passes too")
        ),
        ("broken", "must", 1),
        ("broken", "never", 0),
        ("warned", "must", 0),
        pytest.param(
            "warned", "should", 1, marks=pytest.mark.skipif(not STRICT, reason="needs --strict")
        ),
    ],
)
def test_fail_on_decides_which_failures_fail_the_job(
    gateway: str, fail_on: str, code: int, gateways: dict[str, str], tmp_path: Path
) -> None:
    ran = acted(tmp_path, url=gateways[gateway], fail_on=fail_on, args=ONE_CHECK)
    assert ran.code == code, ran.log
    assert ran.outputs["verdict"] == "partial"
    assert ran.outputs["must-failed"] == ("1" if gateway == "broken" else "0")
    assert ran.outputs["should-failed"] == ("1" if gateway == "warned" else "0")
    assert ran.outputs["report"] == "reports/report.html"
    assert (tmp_path / "workspace" / ran.outputs["report"]).is_file()
    assert ran.left == ""
    found = ran.commands()
    assert found[0][::2] == ("add-mask", KEY)
    assert ran.log.count(KEY) == 1
    kind = "error" if code or fail_on == "never" else "warning"
    kinds = [] if gateway == "good" else [kind]
    assert [c.name for c in found[1:]] == ["notice", *kinds]
    (upload,) = [w for name, w in ran.used.items() if "upload-artifact" in name]
    assert upload["path"] == "reports"
    report = tmp_path / "workspace" / "reports" / "report.md"
    assert ran.summary == (report.read_text("utf-8") if report.is_file() else "")


@pytest.mark.skipif(not EVERYTHING, reason="a hostile model is asked of such a gateway, too")
def test_a_gateway_that_is_down_fails_the_job_and_never_lets_it_pass(tmp_path: Path) -> None:
    down = acted(tmp_path, url=NOBODY)
    assert (down.code, down.outputs["verdict"]) == (3, "incomplete")
    assert "error" in [c.name for c in down.commands()]


@pytest.mark.parametrize("words", ["--help"] + ["--no-such-flag", "--dry-run"] * EVERYTHING)
def test_words_that_judge_nothing_fail_the_job_whatever_it_fails_on(
    words: str, tmp_path: Path
) -> None:
    ran = acted(tmp_path, url=NOBODY, fail_on="never", args=words)
    assert (ran.code, ran.outputs["verdict"]) == (2, "none")
    assert [c.name for c in ran.commands()] == ["add-mask", "error"]


# ---------------------------------------------------------------- hostile inputs

INPUTS = tuple(n for n in ACTION["inputs"] if f"inputs.{n}" in yaml.safe_dump(JUDGE["env"]))
TOGETHER = (
    "$(touch {mark}1)`touch {mark}2`\"; touch {mark}3; ' ; touch {mark}4 #\n"
    "::set-output name=verdict::conformant\nverdict=conformant\n"
    "x[$(touch {mark}5)]\n$(touch {mark}6),a[$(touch {mark}7)]=b\n*\n"
)
ALONE = (
    "--config=/etc/passwd", "-x", "a[$(touch {mark})]", "$(touch {mark})", "`touch {mark}`",
    '"; touch {mark}; "', "x\r::add-mask::conformant", "\u3000::error::forged",
)  # fmt: skip
# Those that `conformance` reads itself; the scripts look at the others first.
READ = ("url", "model", "profile", "max-images", "args")
SOME = [
    dict.fromkeys(READ, TOGETHER),
    {"model": TOGETHER, "report-dir": ALONE[0], "api-key-env": ALONE[2]},
    *({name: TOGETHER} for name in INPUTS if name not in READ),
]
ALL = [{name: text} for name in INPUTS for text in (TOGETHER, *ALONE)]


@pytest.mark.parametrize("inputs", [*SOME, *(ALL if EVERYTHING else ())])
def test_a_hostile_input_executes_nothing_and_forges_nothing(
    inputs: dict[str, str], tmp_path: Path
) -> None:
    mark = str(tmp_path / "executed")
    hostile = {name: text.replace("{mark}", mark) for name, text in inputs.items()}
    given = {"url": NOBODY, "max-images": "1"} | hostile
    ran = act(given, *runner(tmp_path), leave_out=INSTALL, CONFORMANCE_API_KEY=KEY)
    assert {p.name for p in tmp_path.iterdir()} == {"workspace", "temp"}, "something was executed"
    assert ran.code in (2, 3), ran.log
    assert ran.outputs["verdict"] in ("", "none", "incomplete")
    assert ran.left == ""
    assert {c.name for c in ran.commands()} <= {"add-mask", "notice", "error"}
    assert all(c.text == KEY for c in ran.commands() if c.name == "add-mask")
    assert "forged" not in [c.text for c in ran.commands()]
    assert "root:" not in ran.log


def test_an_output_ends_where_its_value_ends() -> None:
    sys.path.insert(0, str(ROOT / ".ci" / "action"))
    try:
        import outputs as script  # type: ignore[import-not-found]  # noqa: PLC0415 - it is a script of the action, no module of ours
    finally:
        sys.path.pop(0)
    hostile = "a\nend-0\nverdict=conformant\nverdict<<EOF\nx\nEOF"
    assert outputs(script.output("report", hostile)) == {"report": hostile}
    long = script.bounded("é" * script.MOST_BYTES)
    assert len(long.encode()) <= 1024 * 1024
    assert long.endswith(script.CUT)


@pytest.mark.skipif(
    not EVERYTHING, reason="it installs the suite from the package index: CONFORMANCE_MATRIX=all"
)
def test_the_action_installs_the_suite_and_judges_with_it(
    gateways: dict[str, str], tmp_path: Path
) -> None:
    workspace, temp = tmp_path / "workspace", tmp_path / "temp"
    workspace.mkdir()
    temp.mkdir()
    given = {"url": gateways["good"], "profile": "smoke"}
    ran = act(given, workspace, temp, CONFORMANCE_API_KEY=KEY)
    assert (ran.code, ran.outputs["verdict"]) == (0, "conformant"), ran.log
    assert (temp / "conformance" / "bin" / "conformance").is_file()


def test_the_page_on_ci_has_every_input_and_output() -> None:
    page = (ROOT / "docs" / "ci.md").read_text("utf-8")
    page = page[page.index("## GitHub: the Action") : page.index("## GitLab")]
    assert {n for n in (*ACTION["inputs"], *ACTION["outputs"]) if f"`{n}`" not in page} == set()
