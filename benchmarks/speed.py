"""Measures what a user waits for: `--help`, a whole default run of the embedded gateway, and `verify`.

Prints the median of several runs beside a yardstick from the same machine and the same minute,
the start of an empty Python, since machines differ and are noisy: compare the ratios. To verify a run
must take no longer than the run, whose gateway answers at once.

    python benchmarks/speed.py
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time

RUNS = 5
COMMANDS = {
    "an empty Python": ["-c", "pass"],
    "conformance --help": ["-m", "conformance", "--help"],
    "conformance list": ["-m", "conformance", "list"],
    "conformance run --profile smoke": ["-m", "conformance", "run", "--profile", "smoke"],
    "conformance run": ["-m", "conformance", "run"],
    # Of the run before it.
    "conformance verify": ["-m", "conformance", "verify"],
}
BOUNDS_S = {"conformance --help": 0.3, "conformance run": 6.0}


def seconds(arguments: list[str], folder: str) -> float:
    """Return how long one command takes, in seconds."""
    where = [folder] if "verify" in arguments else []
    where = ["--report-dir", folder] if "run" in arguments else where
    started = time.perf_counter()
    subprocess.run(  # noqa: S603 - this interpreter and this package
        [sys.executable, *arguments, *where], capture_output=True, check=True
    )
    return time.perf_counter() - started


def main() -> int:
    """Print a table; return 1 if something takes longer than it may."""
    medians = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, arguments in COMMANDS.items():
            medians[name] = statistics.median(seconds(arguments, folder) for _ in range(RUNS))
    yardstick = medians["an empty Python"]
    print(f"{'command':<34}{'median':>9}{'ratio':>8}{'bound':>9}")
    for name, took in medians.items():
        bound = f"{BOUNDS_S[name]:.1f} s" if name in BOUNDS_S else ""
        print(f"{name:<34}{took:>7.2f} s{took / yardstick:>7.0f}x{bound:>9}")
    slow = [name for name, bound in BOUNDS_S.items() if medians[name] > bound]
    return int(bool(slow) or medians["conformance verify"] > medians["conformance run"])


if __name__ == "__main__":
    sys.exit(main())
