from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CONSOLE = re.compile(r"CONSOLE[^\n]*")


class Loaded(NamedTuple):
    """A page after its scripts ran: its DOM as text, and what it wrote to the console."""

    dom: str
    console: list[str]


@pytest.fixture
def load(tmp_path: Path) -> Callable[[Path, str], Loaded]:
    """Load a page in headless Chromium; without one the test fails in CI and is skipped elsewhere."""
    chromium = next((found for name in NAMES if (found := shutil.which(name))), None)
    if chromium is None:
        reason = f"needs a Chromium to look at the report with; none of {', '.join(NAMES)} is there"
        if os.environ.get("CI"):
            pytest.fail(f"{reason}. In CI it must be.")
        pytest.skip(reason)

    def load_page(page: Path, fragment: str = "", *flags: str) -> Loaded:
        command = [
            chromium,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--enable-logging=stderr",
            "--virtual-time-budget=2000",
            *flags,
            "--dump-dom",
            page.as_uri() + fragment,
        ]
        done = subprocess.run(command, capture_output=True, timeout=60, check=True)
        errors = done.stderr.decode(errors="replace")
        return Loaded(done.stdout.decode(errors="replace"), CONSOLE.findall(errors))

    return load_page
