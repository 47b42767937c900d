"""The program that docs/verify.md gives a reader follows a chain, and finds what was changed in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from tests.commanding import python

if TYPE_CHECKING:
    import subprocess

PAGE = (Path(__file__).parents[2] / "docs" / "verify.md").read_text("utf-8")


def typed(folder: Path) -> subprocess.CompletedProcess[str]:
    found = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return python("-I", "-c", found[1], str(folder), cwd=folder)


def test_the_chain_of_a_run_is_followed_without_this_suite(folder: Path) -> None:
    done = typed(folder)
    assert done.returncode == 0, done.stderr
    rows = len((folder / "evidence.jsonl").read_bytes().splitlines())
    assert done.stdout.startswith(f"{rows} rows follow each other")


def test_a_row_that_was_changed_taken_out_or_added_is_found(folder: Path) -> None:
    path = folder / "evidence.jsonl"
    rows = path.read_bytes().splitlines(keepends=True)
    changed = [rows[0], rows[1].replace(b"{", b"{ ", 1), *rows[2:]]
    for other in (changed, rows[:3] + rows[4:], rows[:-1], [*rows, rows[-1]]):
        path.write_bytes(b"".join(other))
        assert typed(folder).returncode == 1


def test_a_file_that_was_changed_is_found(folder: Path) -> None:
    (folder / "report.html").write_text("<p>All is well</p>")
    assert "report.html was changed" in typed(folder).stderr
