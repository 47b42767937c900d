"""What a result says of the suite that judged, and of the libraries that it judged with."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from typing import TYPE_CHECKING

import pytest

from conformance.run import judged_with
from conformance.run.judged_with import LIBRARIES, PACKAGE

if TYPE_CHECKING:
    from pathlib import Path

FIND = "find * -type f ! -path '*__pycache__*' ! -name '.*' ! -path 'openapi/*'"
RECIPE = f"{FIND} | LC_ALL=C sort | xargs sha256sum | sha256sum"


def test_everything_that_the_suite_depends_on_has_its_version() -> None:
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text())["project"]
    wanted = {re.split("[<>=]", row)[0] for row in project["dependencies"]}
    wanted -= {"shtab"}  # it completes words in a shell, and judges nothing
    assert wanted <= {*LIBRARIES}
    assert {"python", *wanted} <= judged_with.versions().keys()


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="coreutils are not installed")
def test_the_digest_of_the_suite_is_what_sha256sum_comes_to() -> None:
    done = subprocess.run(
        ["sh", "-c", RECIPE], cwd=PACKAGE, capture_output=True, text=True, check=True
    )
    assert judged_with.suite()["sha256"] == done.stdout.split()[0]


def test_a_change_of_any_source_changes_the_digest_and_nothing_else_does(tmp_path: Path) -> None:
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "test_n.py").write_text("1")
    before = judged_with._digest(tmp_path)
    for left_out in ("__pycache__/a.pyc", ".hidden", "openapi/endpoint.txt"):
        (tmp_path / left_out).parent.mkdir(exist_ok=True)
        (tmp_path / left_out).write_text("2")
    judged_with._digest.cache_clear()
    assert judged_with._digest(tmp_path) == before
    (tmp_path / "checks" / "test_n.py").write_text("3")
    judged_with._digest.cache_clear()
    assert judged_with._digest(tmp_path) != before
