"""A gateway with a cache is judged in the second run as in the first one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from conformance.cli import embedded_runs, selftest
from conformance.reference import catalogue
from conformance.reference.demo import DEMO_VARIABLES
from conformance.reference.server import running
from conformance.run import launch
from conformance.run.judge import judge
from tests.amount import EVERYTHING

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.result.model import Result

KINDS = sorted(DEMO_VARIABLES.api_keys)
FOREIGN = "from a cache that an earlier run with the same pictures had filled"


def judged(url: str, folder: Path, seed: int | None) -> Result:
    flags = {
        "url": url,
        "report_dir": str(folder),
        "api_key_env": KINDS,
        "other_tenant_key_env": DEMO_VARIABLES.other_tenant,
        "expired_key_env": DEMO_VARIABLES.expired,
        "failing_model": DEMO_VARIABLES.failing_model,
        "timeout": embedded_runs.TIMEOUT_S,
        "seed": seed,
    }
    environment = {**os.environ, **DEMO_VARIABLES.environment()}
    return judge(launch.session_for(flags, environment, embedded=True))


# All of them with CONFORMANCE_MATRIX=all: each is two whole runs.
EVERY = [(d, s) for d in ([], ["n-ignored"], ["cache-ignores-picture"]) for s in (1, None)]
FEW = [([], 1), (["n-ignored"], None)]


@pytest.mark.parametrize(("defects", "seed"), EVERY if EVERYTHING else FEW)
def test_the_second_run_finds_what_the_first_one_found(
    defects: list[str], seed: int | None, tmp_path: Path
) -> None:
    with running(catalogue.behaviour(defects)) as url:
        first, second = (judged(url, tmp_path, seed) for _ in range(2))
    due = {i for d in catalogue.DEFECTS if d.id in defects for i in d.breaks}
    assert selftest.blamed(first).keys() == selftest.blamed(second).keys() == due
    if not defects:
        assert {r.id: r.status for r in first.requirements} == {
            r.id: r.status for r in second.requirements
        }
        assert (FOREIGN in " ".join(second.notes)) == (seed is not None)
        assert FOREIGN not in " ".join(first.notes)
