"""--replay sends an exchange of the last run again, and finds a counterexample again."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.reference import catalogue
from conformance.reference.server import running
from tests.commanding import conformance

if TYPE_CHECKING:
    from pathlib import Path


def result_in(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "result.json").read_text("utf-8"))
    return found


def failed(result: dict[str, Any]) -> dict[str, list[str]]:
    """Return the exchanges of each check that failed, by node."""
    checks = (c for r in result["requirements"] for c in r["checks"])
    return {c["node"]: c["exchanges"] for c in checks if c["status"] == "fail"}


def test_a_failure_is_judged_again_and_nothing_else(tmp_path: Path) -> None:
    with running(catalogue.behaviour(["size-case-folded"])) as url:
        first = conformance("run", url, "--seed", "7", cwd=tmp_path)
        before = result_in(tmp_path / "reports")
        node, (exchange, *_) = next(iter(failed(before).items()))
        again = conformance("run", url, "--replay", exchange, cwd=tmp_path)
    assert (first.returncode, again.returncode) == (1, 1)
    after = result_in(tmp_path / "reports" / f"replay-{exchange}")
    assert after["verdict"] == "partial"
    assert after["seed"] == 7
    assert failed(after)[node][0] == exchange
    assert after["requests"] < before["requests"] / 5
    assert result_in(tmp_path / "reports") == before


def test_a_counterexample_is_found_again(tmp_path: Path) -> None:
    with running(catalogue.behaviour(["n-any-base"])) as url:
        conformance("run", url, cwd=tmp_path)
        node, exchanges = next(
            (n, x)
            for n, x in failed_or_warned(result_in(tmp_path / "reports")).items()
            if "property" in n
        )
        conformance("run", url, "--replay", exchanges[0], cwd=tmp_path)
    assert (
        failed_or_warned(result_in(tmp_path / "reports" / f"replay-{exchanges[0]}"))[node]
        == exchanges
    )


def failed_or_warned(result: dict[str, Any]) -> dict[str, list[str]]:
    checks = (c for r in result["requirements"] for c in r["checks"])
    return {c["node"]: c["exchanges"] for c in checks if c["status"] in ("fail", "warn")}


def test_the_reports_name_the_command(tmp_path: Path) -> None:
    with running(catalogue.behaviour(["size-case-folded"])) as url:
        done = conformance("run", url, cwd=tmp_path)
    assert re.search(r"again +conformance run http", done.stdout)
    assert "--replay" in (tmp_path / "reports" / "report.html").read_text("utf-8")


@pytest.mark.parametrize("made", [True, False])
def test_an_exchange_that_is_not_known_is_a_usage_error(tmp_path: Path, *, made: bool) -> None:
    with running(catalogue.behaviour()) as url:
        if made:
            conformance("run", url, "--profile", "smoke", cwd=tmp_path)
        done = conformance("run", url, "--replay", "nosuch", cwd=tmp_path)
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
