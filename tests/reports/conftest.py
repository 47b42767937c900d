from __future__ import annotations

import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, NamedTuple

import pytest
from playwright.sync_api import sync_playwright

from conformance.reports import junit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from conformance.result.model import Result

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CONSOLE = re.compile(r"CONSOLE[^\n]*")


class Loaded(NamedTuple):
    """A page after its scripts ran: its DOM as text, and what it wrote to the console."""

    dom: str
    console: list[str]


def found_chromium() -> str:
    """Return the path of a Chromium; without one the test fails in CI and is skipped elsewhere."""
    chromium = next((found for name in NAMES if (found := shutil.which(name))), None)
    if chromium is None:
        reason = f"needs a Chromium to look at the report with; none of {', '.join(NAMES)} is there"
        if os.environ.get("CI"):
            pytest.fail(f"{reason}. In CI it must be.")
        pytest.skip(reason)
    return chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Drive one headless Chromium for all tests of a module."""
    chromium = found_chromium()
    with sync_playwright() as driver:
        made = driver.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        yield made
        made.close()


@pytest.fixture
def load(tmp_path: Path) -> Callable[[Path, str], Loaded]:
    """Load a page in headless Chromium."""
    chromium = found_chromium()

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


def parsed_junit(result: Result) -> ET.Element:
    """Return `junit.xml` of a result, read by a parser."""
    return ET.fromstring(junit.render(result).encode())
