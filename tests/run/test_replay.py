"""--replay sends an exchange of the last run again, and finds a counterexample again."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from conformance.reference import catalogue
from conformance.reference.server import running
from tests.commanding import conformance

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path


def result_in(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "result.json").read_text("utf-8"))
    return found


def failed(result: dict[str, Any]) -> dict[str, list[str]]:
    """Return the exchanges of each check that failed, by node."""
    checks = (c for r in result["requirements"] for c in r["checks"])
    return {c["node"]: c["exchanges"] for c in checks if c["status"] == "fail"}


class First(NamedTuple):
    """A gateway, and a run of it with a seed of its own: what it printed, and the folder it ran in."""

    url: str
    folder: Path
    done: subprocess.CompletedProcess[str]

    @property
    def result(self) -> dict[str, Any]:
        return result_in(self.folder / "reports")

    def replayed(self, exchange: str) -> subprocess.CompletedProcess[str]:
        return conformance("run", self.url, "--replay", exchange, cwd=self.folder)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[First]:
    folder = tmp_path_factory.mktemp("first")
    with running(catalogue.behaviour(["size-case-folded", "n-any-base"])) as url:
        yield First(url, folder, conformance("run", url, "--seed", "7", cwd=folder))


def test_a_failure_is_judged_again_and_nothing_else(first: First) -> None:
    before = first.result
    node, (exchange, *_) = next(iter(failed(before).items()))
    again = first.replayed(exchange)
    assert (first.done.returncode, again.returncode) == (1, 1)
    after = result_in(first.folder / "reports" / f"replay-{exchange}")
    assert after["verdict"] == "partial"
    assert after["seed"] == 7
    assert failed(after)[node][0] == exchange
    assert after["requests"] < before["requests"] / 5
    assert first.result == before


def test_a_counterexample_is_found_again(first: First) -> None:
    found = failed_or_warned(first.result)
    node, exchanges = next((n, x) for n, x in found.items() if "property: n=" in n)
    first.replayed(exchanges[0])
    again = result_in(first.folder / "reports" / f"replay-{exchanges[0]}")
    assert failed_or_warned(again)[node] == exchanges


def failed_or_warned(result: dict[str, Any]) -> dict[str, list[str]]:
    checks = (c for r in result["requirements"] for c in r["checks"])
    return {c["node"]: c["exchanges"] for c in checks if c["status"] in ("fail", "warn")}


def test_the_reports_name_the_command(first: First) -> None:
    assert re.search(r"^ +conformance run http.* --replay ", first.done.stdout, re.MULTILINE)
    assert "--replay" in (first.folder / "reports" / "report.html").read_text("utf-8")


@pytest.mark.parametrize("made", [True, False])
def test_an_exchange_that_is_not_known_is_a_usage_error(
    first: First, tmp_path: Path, *, made: bool
) -> None:
    folder = first.folder if made else tmp_path
    done = conformance("run", first.url, "--replay", "nosuch", cwd=folder)
    assert done.returncode == 2
    assert "--replay nosuch" in done.stderr


def test_one_wrong_acceptance_is_asked_for_once_more_and_no_other(tmp_path: Path) -> None:
    gateway = catalogue.behaviour(["n-eleven-accepted"])
    # Without a cache: it would answer from the first run, and its hits are pictures, too.
    with running(replace(gateway, cache_key=lambda _: object())) as url:
        conformance("run", url, cwd=tmp_path)
        checks = failed(result_in(tmp_path / "reports"))
        dear = next(x[0] for n, x in checks.items() if n.endswith("[n=11]") and "test_n.py" in n)
        conformance("run", url, "--replay", dear, cwd=tmp_path)
    again = result_in(tmp_path / "reports" / f"replay-{dear}")
    assert [n for n in failed(again) if "[" in n] == [
        n for n in checks if n.endswith("[n=11]") and "property" not in n
    ]
    # One that shows that the gateway works, one for the control, and eleven at each look.
    assert again["images"] <= 1 + 1 + 2 * 11
