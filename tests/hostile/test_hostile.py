"""Against each hostile server: the run ends in time, says what is right, and lets no secret out.

A few of them stand for all here; `make hostile` tries every one.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from .modes import KINDS, MODES
from .runs import problems, run
from .values import CORE, Mode

if TYPE_CHECKING:
    from pathlib import Path

EVERYTHING = os.environ.get("CONFORMANCE_HOSTILE") == "all"
# Those that may take longest come first, so that no worker is left alone with one at the end.
CHOSEN: list[Mode] = sorted(
    (m for m in MODES if m.fast or EVERYTHING), key=lambda m: (-m.bound_s, m.name)
)
FEWEST = 60


@pytest.mark.parametrize("mode", CHOSEN, ids=lambda m: f"{m.kind}-{m.name}")
def test_a_run_against_a_hostile_server(mode: Mode, tmp_path: Path) -> None:
    world, outcome = run(mode, tmp_path)
    found = problems(mode, world, outcome)
    if found:
        told = "\n".join(one[:600] for one in found[:12])
        pytest.fail(f"{mode.does}\n{told}\n({len(found)} problems)", pytrace=False)


def test_the_modes_are_many_and_the_fast_ones_stand_for_each_kind() -> None:
    names = [m.name for m in MODES]
    assert len(names) == len(set(names)) >= FEWEST
    assert {m.kind for m in MODES if m.fast} == {*KINDS}


def test_a_server_that_is_not_hostile_is_a_conformant_gateway(tmp_path: Path) -> None:
    """What a run finds against a mode is the mode's doing, and not its server's."""
    mode = Mode(
        "good", "", "It answers well.", lambda _, good, __: [good.wire()], codes=(0,), selects=CORE
    )
    world, outcome = run(mode, tmp_path)
    assert problems(mode, world, outcome) == []
