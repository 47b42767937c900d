"""The example of CONTRIBUTING.md, followed literally in a copy of the project."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SNIPPET = re.compile(
    r"```(?:yaml|python)\n# (\S+?\.(?:yaml|py))(?:, below (\S+))?\n(.*?)```", re.DOTALL
)


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with what the page says to add."""
    copy = tmp_path_factory.mktemp("project")
    for folder in ("conformance", "openapi"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    found = SNIPPET.findall((ROOT / "CONTRIBUTING.md").read_text())
    assert len(found) == 3
    for name, below, text in found:
        path = copy / name
        path.write_text(added(path.read_text(), below, text) if below else text)
    raised = copy / "openapi" / "image-variations.yaml"
    raised.write_text(raised.read_text().replace('  version: "1.0.0"', '  version: "1.1.0"'))
    done = python(copy, "-m", "conformance.cli.freezing")
    assert done.returncode == 0, done.stderr
    return copy


def added(document: str, below: str, row: str) -> str:
    """The document with a row behind the row of an id."""
    before, id_, rest = document.partition(f"- id: {below}\n")
    assert id_, f"{below} is not in the document"
    own, text, after = rest.partition("          text: ")
    sentence, end, others = after.partition("\n")
    return f"{before}{id_}{own}{text}{sentence}{end}{row}{others}"


def conformance(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return python(project, "-m", "conformance", *arguments)


def python(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_the_check_of_the_example_finds_its_defect_and_blames_no_variant(followed: Path) -> None:
    tried = ("one-picture-for-all", "rehosts")
    done = conformance(followed, "selftest", *tried, "--jobs", "1")
    assert "2 tried, 0 not as they should be" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0


def test_a_wrong_id_is_told_by_the_selftest(followed: Path, tmp_path: Path) -> None:
    project = shutil.copytree(followed, tmp_path / "project")
    check = project / "conformance" / "checks" / "test_body_pictures.py"
    check.write_text(check.read_text().replace("BODY-20", "BODY-81"))
    done = conformance(project, "selftest", "one-picture-for-all", "--jobs", "1")
    assert done.returncode == 1
    assert re.search(r"✗ one-picture-for-all: .*BODY-81", done.stdout)


def test_the_requirement_of_the_example_leads_to_its_check_and_its_defect(followed: Path) -> None:
    done = conformance(followed, "explain", "BODY-20")
    assert "test_body_pictures.py::test_the_items_of_an_answer_are_different" in done.stdout
    assert "conformance selftest one-picture-for-all" in done.stdout


def test_the_requirement_of_the_example_counts_in_its_version_and_in_no_older_one(
    followed: Path, tmp_path: Path
) -> None:
    assert "  BODY-20: {level: MUST, profile: core}" in (
        followed / "openapi" / "sets" / "1.1.0.yaml"
    ).read_text("utf-8")
    found = {}
    for version in ("1.0", "1.1"):
        folder = tmp_path / version
        told = ("--contract", version, "--requirement", "BODY-20,N-1", "--report-dir", str(folder))
        done = conformance(followed, "run", *told)
        assert done.returncode == 0, done.stderr
        result = json.loads((folder / "result.json").read_text("utf-8"))
        row = next(r for r in result["requirements"] if r["id"] == "BODY-20")
        found[result["contract"]["set"], result["contract"]["set_state"]] = (
            row["status"], row["level"], row["demand"],
        )  # fmt: skip
    assert found == {
        ("1.0.0", "released"): ("pass", "MAY", "not demanded by 1.0.0"),
        ("1.1.0", "draft"): ("pass", "MUST", ""),
    }
