"""Plain `st run` with the files of examples/st-run: it blames what is wrong, and nothing else."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.reference import catalogue
from conformance.reference.demo import DEMO_VARIABLES
from conformance.reference.server import running
from tests.amount import EVERYTHING
from tests.commanding import environment

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "st-run"
KEY = DEMO_VARIABLES.environment()["REFERENCE_VIRTUAL_KEY"]
BLAMED = re.compile(r"\d{3}, though the contract says .*?: ([A-Z0-9-]+)[ ,]")
FAILED = re.compile(r"- (ST\d+) ")


def st_run(folder: Path, *words: str, key: str = KEY, defect: str = "") -> tuple[int, str]:
    """The exit code and the output of `st run` on the reference gateway, in a copy of the example."""
    copy = folder / "st-run"
    shutil.copytree(EXAMPLE, copy, ignore=shutil.ignore_patterns("__pycache__", ".hypothesis"))
    contract = ROOT / "openapi" / "image-variations.yaml"
    with running(catalogue.behaviour([defect] if defect else [])) as url:
        command = [
            str(Path(sys.executable).parent / "st"),
            "run",
            str(contract),
            "--url",
            url,
            *words,
        ]
        env = environment(CONFORMANCE_API_KEY=key)
        done = subprocess.run(
            command, cwd=copy, env=env, capture_output=True, text=True, check=False, timeout=300
        )
    assert key not in done.stdout + done.stderr
    return done.returncode, done.stdout


def test_a_defect_is_blamed_under_its_requirement_and_nothing_else_is(tmp_path: Path) -> None:
    words = ("--phases", "examples,coverage", "--seed", "1")
    code, said = st_run(tmp_path, *words, defect="n-eleven-accepted")
    assert code == 1, said
    assert set(BLAMED.findall(said)) == {"N-2"}
    assert FAILED.findall(said) == ["ST901"], "the oracle's failure is the only one"


def test_the_page_shows_the_command_and_the_failure_as_they_are() -> None:
    page = " ".join((EXAMPLE / "README.md").read_text("utf-8").split())
    assert "st run ../../openapi/image-variations.yaml --url" in page
    assert "200, though the contract says that this form is wrong: N-2" in page


@pytest.mark.skipif(not EVERYTHING, reason="with CONFORMANCE_MATRIX=all: more runs of `st run`")
@pytest.mark.parametrize("seed", ["1", "2", "3"])
def test_the_reference_gateway_is_not_blamed(tmp_path: Path, seed: str) -> None:
    code, said = st_run(tmp_path, "-n", "50", "--seed", seed)
    assert code == 0, said


@pytest.mark.skipif(not EVERYTHING, reason="with CONFORMANCE_MATRIX=all: more runs of `st run`")
def test_a_gateway_that_refuses_the_credential_does_not_pass(tmp_path: Path) -> None:
    code, said = st_run(tmp_path, "--phases", "examples", key="sk-bf-of-nobody-at-all")
    assert code == 1
    assert "401, though the contract says that this form is right" in said
