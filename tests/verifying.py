"""Demands that what a run wrote comes to its result again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance import reports
from conformance.verify.verifying import verify

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.result.model import Result


def comes_to_its_result(result: Result, folder: Path) -> None:
    """Judge the evidence of a run again: each value of its result must come out the same."""
    reports.write(result, folder, ["json"])
    found = verify(folder, judged_alone=True)
    assert not found.unjudged, found.unjudged
    assert found.holds, "\n".join(map(str, found.differences[:10]))
