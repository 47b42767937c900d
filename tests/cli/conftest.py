"""A gateway and one whole run, which several files look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.reference.behaviour import Behaviour
from conformance.reference.server import running
from tests.commanding import python

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path


Whole = tuple["Path", "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def gateway() -> Iterator[str]:
    with running(Behaviour()) as url:
        yield url


@pytest.fixture(scope="session")
def whole(
    tmp_path_factory: pytest.TempPathFactory,
) -> Whole:
    """Run once against the embedded gateway, in a folder and in a Python of its own."""
    folder = tmp_path_factory.mktemp("whole")
    return folder, python("-m", "conformance", "run", "--report-dir", "out", cwd=folder)
