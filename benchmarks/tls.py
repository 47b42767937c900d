"""Measures a whole run of the reference gateway over TLS beside one over plain http.

Prints the medians and their ratio from the same minute; a ratio over 2 is an error.

    python -m benchmarks.tls
"""

from __future__ import annotations

import contextlib
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.cli.embedded_runs import judged
from tests import tls

if TYPE_CHECKING:
    from conformance.cli.embedded_runs import Before

RUNS = 5
MOST = 2.0


def seconds(before: Before | None, authority: Path) -> float:
    """Return how long one run takes, in seconds."""
    started = time.perf_counter()
    judged(before=before, ca=str(authority))
    return time.perf_counter() - started


def main() -> int:
    """Print a table; return 1 if TLS takes more than twice as long."""
    took: dict[str, list[float]] = {}
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        own = tls.authority(folder)
        ways: dict[str, Before | None] = {
            "plain http": None,
            "a TLS relay": lambda url: tls.relay(url, own.server()),
            "nginx with TLS": lambda url: tls.nginx(url, own, folder),
        }
        for _ in range(RUNS):
            for name, before in ways.items():
                took.setdefault(name, []).append(seconds(before, own.file))
    medians = {name: statistics.median(found) for name, found in took.items()}
    print(f"{'the reference gateway':<24}{'median':>9}{'ratio':>8}")
    for name, median in medians.items():
        print(f"{name:<24}{median:>7.2f} s{median / medians['plain http']:>7.2f}x")
    return int(max(medians.values()) > MOST * medians["plain http"])


if __name__ == "__main__":
    sys.exit(main())
