"""How long a person's pytest takes beside `conformance run`, alone and with two workers of pytest-xdist.

    python -m benchmarks.pytest_mode [rounds]

Each way judges a reference gateway of its own, in turn; the table shows the median of each, in seconds by the clock
and of processor time, and its ratio to `conformance run`.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

from conformance.reference.behaviour import Behaviour
from conformance.reference.server import running

OWN = ("-q", "-p", "no:cacheprovider", "--pyargs", "conformance.checks", "--conformance-url")
WAYS = {
    "conformance run": ("-m", "conformance", "run"),
    "pytest": ("-m", "pytest", *OWN),
    "pytest -n 2": ("-m", "pytest", "-n", "2", *OWN),
}


def _once(words: tuple[str, ...], seed: int) -> tuple[float, float]:
    """Return the seconds by the clock, and of processor time, of one way."""
    with running(Behaviour()) as url, tempfile.TemporaryDirectory() as folder:
        before, started = os.times(), time.perf_counter()
        subprocess.run(  # noqa: S603 - this interpreter, and words of this file
            [sys.executable, *words, url],
            cwd=folder,
            env={**os.environ, "CONFORMANCE_SEED": str(seed)},
            check=True,
            capture_output=True,
        )
        took, after = time.perf_counter() - started, os.times()
    spent = after.children_user + after.children_system
    return took, spent - before.children_user - before.children_system


def main() -> None:
    """Measure, and print the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in WAYS}
    for seed in range(1, rounds + 1):
        for name, words in WAYS.items():
            found[name].append(_once(words, seed))
    medians = {
        name: [statistics.median(column) for column in zip(*rows, strict=True)]
        for name, rows in found.items()
    }
    first = medians["conformance run"]
    print(f"{'':<16}{'seconds':>9}{'ratio':>7}{'processor':>11}{'ratio':>7}")
    for name, (took, spent) in medians.items():
        print(
            f"{name:<16}{took:>9.2f}{took / first[0]:>7.2f}{spent:>11.2f}{spent / first[1]:>7.2f}"
        )


if __name__ == "__main__":
    main()
