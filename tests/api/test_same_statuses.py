"""A person's pytest finds what `conformance run` finds, requirement by requirement, alone and with workers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from conformance.reference.catalogue import behaviour
from conformance.reference.server import running
from tests.amount import EVERYTHING
from tests.commanding import conformance, result_in

from .running import checks, statuses

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

# Of every kind: who may enter, what comes back, what is refused and how, leaks, and what depends on order.
DEFECTS = (
    *("n-eleven-accepted", "n-ignored", "created-zero", "any-virtual-key-accepted"),
    *("key-in-query-accepted", "key-half-compared", "created-missing", "created-in-milliseconds"),
    *("index-from-one", "index-always-zero", "usage-total-wrong", "usage-negative"),
    *("cache-ignores-size", "b64-json-gives-url", "content-type-guessed", "size-other-500"),
    *("size-1792x1024-refused", "size-ignored-when-wide", "stream-true-streams", "user-ascii-only"),
)
PROFILE = "core" if EVERYTHING else "smoke"
# Seen with the requests of the profile smoke.
FEW = ("n-ignored",)


@pytest.mark.parametrize("defect", DEFECTS if EVERYTHING else FEW)
def test_pytest_finds_what_a_run_finds(defect: str, tmp_path: Path) -> None:
    took: dict[str, float] = {}
    found: dict[str, Any] = {}
    own = "test_own.py"
    for name, more in {"run": (), "alone": ("-n", "2"), "shared": ("-n", "2", own)}.items():
        (folder := tmp_path / name).mkdir()
        (folder / own).write_text("def test_own():\n    pass\n")
        with running(behaviour([defect], [])) as url:
            started = time.perf_counter()
            if name == "run":
                conformance("run", url, "--profile", PROFILE, cwd=folder)
            else:
                done = checks(folder, url, *more, CONFORMANCE_PROFILE=PROFILE)
                assert (done.returncode != 0) == (found["run"]["verdict"] != "conformant"), done
                # One run needs no workers; where other tests run too, the workers share one.
                assert ("bringing up nodes" in done.stdout) == (name == "shared"), done.stdout
            took[name] = time.perf_counter() - started
        found[name] = result_in(folder / "reports")
    shown = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in took.items())
    print(f"{defect}: {shown}")  # noqa: T201 - for who measures it, with -rP
    assert statuses(found["alone"]) == statuses(found["run"])
    assert statuses(found["shared"]) == statuses(found["run"])
    assert {f["verdict"] for f in found.values()} == {found["run"]["verdict"]}
