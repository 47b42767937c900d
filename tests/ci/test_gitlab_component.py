"""The GitLab component: its inputs checked and put in as GitLab does, its script run as the runner does."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from conformance.reference.catalogue import behaviour
from conformance.reference.credentials import demo_credentials
from conformance.reference.server import running
from conformance.target.settings import BY_NAME
from tests.amount import EVERYTHING
from tests.serving import HOST

from .gitlab import BLOCK, BODY, INPUTS, RefusedError, job, run
from .obeying import sections

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEY = demo_credentials().virtual_key
NOBODY = f"http://{HOST}:9"
STRICT = "strict" in BY_NAME
ONE_CHECK = "--requirement=N-2 --requirement=METHOD-3"
# The suite of these tests is there already, as in the container.
HERE = {"package": ""}


@pytest.fixture(scope="module")
def gateways() -> Iterator[dict[str, str]]:
    with (
        running(behaviour(["n-eleven-accepted"])) as broken,
        running(behaviour(["allow-missing"])) as warned,
    ):
        yield {"broken": broken, "warned": warned}


def test_no_script_holds_an_input_and_no_variable_is_expanded() -> None:
    (made,) = BODY.values()
    assert not any(BLOCK.search(line) for line in made["script"])
    assert all(v["expand"] is False for v in made["variables"].values())


def test_each_text_is_bounded_by_a_regex_for_its_whole() -> None:
    for name, spec in INPUTS.items():
        if spec.get("type", "string") == "string" and "options" not in spec:
            assert re.fullmatch(r"\^.*\$", spec["regex"]), name
    job({})


def test_what_a_job_keeps() -> None:
    made = job({"report-dir": "out", "allow-failure": True})
    assert made["artifacts"]["when"] == "always"
    assert made["artifacts"]["paths"] == ["out/"]
    assert made["artifacts"]["reports"] == {"junit": "out/junit.xml"}
    assert made["allow_failure"] is True


def test_the_script_pleases_shellcheck(tmp_path: Path) -> None:
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not installed (Debian package: shellcheck)")
    script = tmp_path / "script.sh"
    script.write_text("#!/bin/sh\n" + "\n".join(job({})["script"]))
    subprocess.run(["shellcheck", script], check=True, timeout=60)


@pytest.mark.parametrize(
    ("gateway", "fail_on", "code"),
    [
        ("broken", "never", 0),
        pytest.param(
            "warned", "should", 1, marks=pytest.mark.skipif(not STRICT, reason="needs --strict")
        ),
        *([("warned", "must", 0), ("broken", "must", 1)] * EVERYTHING),
    ],
)
def test_fail_on_decides_which_failures_fail_the_job(
    gateway: str, fail_on: str, code: int, gateways: dict[str, str], tmp_path: Path
) -> None:
    given = {**HERE, "url": gateways[gateway], "fail-on": fail_on, "args": ONE_CHECK}
    shell = "bash" if fail_on == "never" else "sh"
    ran = run(job(given), tmp_path, shell, CONFORMANCE_API_KEY=KEY)
    assert ran.code == code, ran.log
    assert sections(ran.log) == [("start", "conformance_details"), ("end", "conformance_details")]
    assert (tmp_path / "reports" / "junit.xml").is_file()
    assert KEY not in ran.log


def test_words_that_judge_nothing_fail_the_job_whatever_it_fails_on(tmp_path: Path) -> None:
    given = {**HERE, "url": NOBODY, "fail-on": "never", "args": "--help"}
    assert run(job(given), tmp_path).code == 2


HOSTILE = (
    "$(touch executed)", "`touch executed`", "; touch executed", '"; touch executed; "',
    "'; touch executed; '", "a\ntouch executed", "a\n", "x && touch executed", "| touch executed",
    "> executed", "${IFS}touch", "$CONFORMANCE_API_KEY", "\x1b[0Ksection_end:1:x\r\x1b[0K",
    "--config=/etc/passwd", "-x", "a[$(touch executed)]", "~root", "&anchor", "*alias", "!tag",
    '"\n  script: touch executed', "$[[ inputs.url ]]", "../../etc", "\u3000::error::x",
)  # fmt: skip


@pytest.mark.parametrize("name", sorted(n for n in INPUTS if INPUTS[n].get("type") != "boolean"))
def test_what_a_shell_could_read_is_no_input(name: str) -> None:
    passed = []
    for text in HOSTILE:
        try:
            job({name: text})
        except RefusedError:
            continue
        passed.append(text)
    allowed = {"args": ["--config=/etc/passwd", "-x", "../../etc"], "package": ["../../etc"]}
    assert passed == allowed.get(name, [])


def test_what_passes_the_regex_executes_nothing(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "pattern").touch()
    given = {
        **HERE, "url": "https://$(id)".replace("$(id)", "a[~%]:9/"), "model": "a/b:c@d+e",
        "api-key-env": "A=B,,C--", "report-dir": "_/..-", "args": "--requirement=* -- --= @x"
        .replace("*", "N-2"), "max-images": "000001",
    }  # fmt: skip
    ran = run(job(given), project, "sh", CONFORMANCE_API_KEY=KEY)
    assert ran.code == 2, ran.log
    assert "Traceback" not in ran.log
    assert [p.name for p in tmp_path.iterdir()] == ["project"]
    assert {p.name for p in project.iterdir()} <= {"pattern", "_"}


@pytest.mark.skipif(
    not EVERYTHING, reason="it installs the suite from the package index: CONFORMANCE_MATRIX=all"
)
def test_the_job_installs_the_package_that_it_names(
    gateways: dict[str, str], tmp_path: Path
) -> None:
    from .github import ROOT  # noqa: PLC0415 - only this test needs it

    (tmp_path / "suite").symlink_to(ROOT)
    given = {"package": "./suite", "url": gateways["warned"], "profile": "smoke"}
    ran = run(job(given), tmp_path, CONFORMANCE_API_KEY=KEY)
    assert ran.code == 0, ran.log
