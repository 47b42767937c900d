"""Measures the suite beside `st run` and a bare client, in one run on one machine.

    python benchmarks/performance.py                     everything, several minutes
    python benchmarks/performance.py --quick             a minute, to see whether something got slow

All ask the same reference gateway, each a fresh one in a process of its own. Machines differ and
are noisy: compare the ratios. `--write` puts the table and the plot into docs/.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pages
from contenders import bare, decoding_s, prepared, schemathesis, start_up, suite
from measuring import Took, measured

DOCS = Path(__file__).resolve().parent.parent / "docs"
PROFILES = ("core", "full")


@dataclass(frozen=True)
class Row:
    """The median of one contender at one latency, with the requests of all kinds that it sent."""

    latency_s: float
    name: str
    took: Took
    # The processor time that a request costs it beyond start-up and the decoding of pictures.
    cpu_per_request_s: float = 0.0


@dataclass(frozen=True)
class Growth:
    """What the property checks took with so many examples."""

    examples: int
    took: Took


@dataclass
class Runs:
    """What was measured so far, by latency and name."""

    all: dict[tuple[float, str], list[Row]] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        """Keep one measurement, and show it."""
        self.all.setdefault((row.latency_s, row.name), []).append(row)
        print(pages.line(row), flush=True)

    def medians(self) -> list[Row]:
        """Return the median of each, by its time."""
        return [
            sorted(rows, key=lambda r: r.took.wall_s)[len(rows) // 2] for rows in self.all.values()
        ]


def compare(given: argparse.Namespace) -> list[Row]:
    """Measure every contender at every latency, one after the other, again and again."""
    runs, at_once = Runs(), given.concurrency
    for latency in given.latencies:
        for _ in range(given.repeat if latency < 1 else 1):
            for profile in PROFILES:
                _suite_and_bare(runs, latency, profile, at_once)
            with tempfile.TemporaryDirectory() as name:
                prepared(Path(name))
                for examples in given.schemathesis:
                    command = partial(schemathesis, concurrency=at_once, examples=examples)
                    took = measured(latency, command, Path(name))
                    runs.add(
                        Row(latency, f"st run -n {examples}", took, took.cpu_s / took.requests)
                    )
    return runs.medians()


def _suite_and_bare(runs: Runs, latency: float, profile: str, at_once: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours = measured(latency, lambda url: [*suite(profile, at_once), url], folder)
        limit = bare(latency, at_once, folder)
        beyond = start_up(profile, at_once, folder).cpu_s + decoding_s(folder)
    sent = json.loads(limit.output)
    runs.add(Row(latency, profile, ours, max(ours.cpu_s - beyond, 0) / sent["requests"]))
    alone = Took(**{**vars(limit), "wall_s": sent["wall_s"], "cpu_s": sent["cpu_s"]})
    runs.add(Row(latency, f"bare, as {profile}", alone, sent["cpu_s"] / sent["requests"]))


def grow(numbers: list[int], at_once: int) -> list[Growth]:
    """Measure the property checks of `full` alone with more and more examples."""
    found = []
    for number in numbers:
        more = ("--examples", str(number), "--check", "test_properties")
        with tempfile.TemporaryDirectory() as name:
            words = suite("full", at_once, *more)
            took = measured(0, partial(_with_url, words), Path(name))
        found.append(Growth(number, took))
        print(
            f"{number:>6} examples{took.wall_s:>8.1f} s wall{took.cpu_s:>8.1f} s cpu"
            f"{took.peak_mb:>6.0f} MB{took.requests:>7} requests",
            flush=True,
        )
    return found


def _with_url(words: list[str], url: str) -> list[str]:
    return [*words, url]


def main() -> int:
    """Measure, print, and write the documentation if asked."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--latencies", type=float, nargs="+", default=[0.0, 0.2, 1.0], metavar="S")
    parser.add_argument("--repeat", type=int, default=3, metavar="N")
    parser.add_argument("--concurrency", type=int, default=8, metavar="N")
    parser.add_argument("--schemathesis", type=int, nargs="+", default=[100, 400], metavar="N")
    parser.add_argument("--examples", type=int, nargs="*", default=[100, 1000, 10000], metavar="N")
    parser.add_argument("--quick", action="store_true", help="latencies 0 and 0.2, once")
    parser.add_argument("--write", action="store_true", help="write docs/performance.*")
    given = parser.parse_args()
    if given.quick:
        given.latencies, given.repeat, given.schemathesis = [0.0, 0.2], 1, [100]
        given.examples = [100]
    rows = compare(given)
    print("", pages.table(rows), "", *pages.bounds(rows), "", sep="\n")
    grown = grow(given.examples, given.concurrency)
    if given.write:
        machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
        page = pages.page(rows, grown, given.concurrency, machine)
        (DOCS / "performance.md").write_text(page, encoding="utf-8")
        (DOCS / "performance.svg").write_text(pages.plot(rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
