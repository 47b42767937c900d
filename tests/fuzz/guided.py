"""Lets coverage guide what is drawn: `python -m tests.fuzz.guided SECONDS`, for each test in turn.

It needs atheris, which has wheels for Linux and no place among the project's own dependencies:
`.venv/bin/python -m pip install atheris`. What it finds, hypothesis prints as a smallest example.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

# The parsers whose tests take drawn values alone; the others start servers or write files.
MODULES = ("test_redaction", "test_answers", "test_provider")


def names(module: str) -> list[str]:
    """Return the tests of a module that hypothesis can feed from bytes."""
    found = vars(importlib.import_module(f"tests.fuzz.{module}"))
    return [
        name
        for name, test in found.items()
        if hasattr(test, "hypothesis") and "proportion" not in name and "in_time" not in name
    ]


def one(module: str, name: str, seconds: str) -> None:
    """Fuzz one test in this process, which atheris ends."""
    atheris: Any = importlib.import_module("atheris")  # it is installed by hand

    with atheris.instrument_imports(include=["conformance", "multipart"]):
        test = getattr(importlib.import_module(f"tests.fuzz.{module}"), name)
    limits = (f"-max_total_time={seconds}", "-max_len=4096", "-verbosity=0")
    atheris.Setup([sys.argv[0], *limits], test.hypothesis.fuzz_one_input)
    atheris.Fuzz()


def each(seconds: float) -> int:
    """Fuzz each test in a process of its own, so many seconds in all; return the first failure."""
    known = [(module, name) for module in MODULES for name in names(module)]
    share = str(max(int(seconds / len(known)), 1))
    for module, name in known:
        command = [sys.executable, "-m", "tests.fuzz.guided", module, name, share]
        if code := subprocess.run(command, cwd=Path(__file__).parents[2], check=False).returncode:
            print(f"{module}::{name} fails: see above")  # noqa: T201 - a person waits for it
            return code
    return 0


if __name__ == "__main__":
    if len(sys.argv) == 4:
        one(*sys.argv[1:])
    sys.exit(each(float(sys.argv[1])))
