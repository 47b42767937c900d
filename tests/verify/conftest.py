"""One recorded run with its reports, for all tests of this folder."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from conformance import reports
from conformance.cli.embedded_runs import judged

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conformance.result.model import Result


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the report folder of a smoke run on a gateway with a defect; no test changes it."""
    kept = tmp_path_factory.mktemp("recorded") / "reports"
    keep = keeping(kept)
    judged(["missing-model-defaulted"], profile="smoke", then=keep)
    return kept


@pytest.fixture
def folder(recorded: Path, tmp_path: Path) -> Path:
    """Return a copy of the report folder."""
    return shutil.copytree(recorded, tmp_path / "reports")


def keeping(into: Path) -> Callable[[Result, Path], None]:
    """Return what writes the reports of a run, and keeps its folder."""

    def keep(result: Result, folder: Path) -> None:
        reports.write(result, folder)
        shutil.copytree(folder, into)

    return keep
