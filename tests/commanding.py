"""Runs the command line as a person does: in a process of its own, with an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from . import forking
from .serving import KEY

if TYPE_CHECKING:
    from pathlib import Path

COVERAGE = ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG", "COVERAGE_FILE")


def environment(**more: str) -> dict[str, str]:
    kept = {k: os.environ[k] for k in ("PATH", "HOME", *COVERAGE) if k in os.environ}
    return {**kept, "COLUMNS": "100", "LANG": "C.UTF-8", "CONFORMANCE_SEED": "1", **more}


def python(*arguments: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Python with these arguments, as a person starts it in a folder."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env=environment(**env),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        stdin=subprocess.DEVNULL,
    )


def forked(*arguments: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """The same without the start of Python: in a process that is forked from one with the imports."""
    if any(name in os.environ for name in COVERAGE):
        return python(*arguments, cwd=cwd, **env)
    return forking.run(*arguments, cwd=cwd, env=environment(**env))


def conformance(*arguments: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return forked("-m", "conformance", *arguments, cwd=cwd, **env)


def result_in(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "result.json").read_text())
    return found


def left_in(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


def judged(url: str, cwd: Path, *arguments: str) -> tuple[int, dict[str, Any], str]:
    """The exit code, the result and the output of a run with one virtual key."""
    done = conformance("run", url, *arguments, cwd=cwd, CONFORMANCE_API_KEY=KEY)
    assert "Traceback" not in done.stdout + done.stderr
    return done.returncode, result_in(cwd / "reports"), done.stdout + done.stderr
