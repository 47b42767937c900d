"""Fuzzes for so many minutes: `python -m tests.fuzz MINUTES`, which is `make fuzz`.

Each round draws anew and tries more examples of each test than the one before. The first round that
fails ends it: pytest prints the smallest example that fails. Where atheris is installed, each round
also lets coverage guide what is drawn (`guided`).
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

TIMES = (5, 10, 20, 40)
GUIDED_S = 30


def main(minutes: float) -> int:
    """Return 0 if no round failed, or the exit code of the one that did."""
    until = time.monotonic() + 60 * minutes
    for turn in range(1_000_000):
        seed, times = secrets.randbelow(2**32), TIMES[min(turn, len(TIMES) - 1)]
        print(f"round {turn + 1}: seed {seed}, {times} times as many examples", flush=True)  # noqa: T201 - a person waits for it
        code = _run("pytest", "-q", str(Path(__file__).parent), f"--hypothesis-seed={seed}", times=times)  # fmt: skip
        if not code and importlib.util.find_spec("atheris"):
            code = _run("tests.fuzz.guided", str(GUIDED_S), times=1)
        if code or time.monotonic() > until:
            return code
    return 0


def _run(module: str, *arguments: str, times: int) -> int:
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, env={**os.environ, "FUZZ_TIMES": str(times)}, check=False).returncode  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if sys.argv[1:] else 10))
