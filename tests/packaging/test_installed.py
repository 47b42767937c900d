"""The wheel installed as users install it, and used outside of the checkout with an empty environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance import __version__
from tests.amount import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.packaging.conftest import Built

TIMEOUT_S = 600


@pytest.fixture(scope="module")
def installed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel alone, which borrows what the wheel depends on."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    words = ["install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check"]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(python), *words, str(built.wheel)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (own,) = folder.glob("lib/python*/site-packages")
    (own / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder


def used(words: Sequence[str], folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder of its own, with next to no environment."""
    env = {"PATH": os.defpath, "HOME": str(folder), "LANG": "C.UTF-8", **more}
    return subprocess.run(
        words, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=TIMEOUT_S
    )


def judged(words: Sequence[str], folder: Path, **more: str) -> None:
    """Hold that a command judges the reference gateway and writes its reports here."""
    done = used([*words, "run", "--profile", "smoke"], folder, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "CONFORMANT" in done.stdout
    assert (folder / "reports" / "report.html").stat().st_size > 10_000


def test_the_installed_command_says_its_version(installed: Path, tmp_path: Path) -> None:
    done = used([str(installed / "bin" / "conformance"), "--version"], tmp_path)
    assert (done.returncode, done.stdout) == (0, f"conformance {__version__}\n")


def test_the_installed_command_reads_the_contract_from_the_wheel(
    installed: Path, tmp_path: Path
) -> None:
    program = "from conformance.contract import contract; print(contract.contract_folder())"
    done = used([str(installed / "bin" / "python"), "-c", program], tmp_path)
    assert Path(done.stdout.strip()).is_relative_to(installed)


def test_the_installed_command_judges_a_gateway(installed: Path, tmp_path: Path) -> None:
    judged([str(installed / "bin" / "conformance")], tmp_path)


def package_index() -> dict[str, str]:
    """What tells an installer where packages come from, as this machine has it."""
    names = (
        "PIP_INDEX_URL",
        "PIP_CONFIG_FILE",
        "UV_INDEX_URL",
        "UV_DEFAULT_INDEX",
        "SSL_CERT_FILE",
    )
    proxies = (
        "HTTPS_PROXY",
        "https_proxy",
        "NO_PROXY",
        "no_proxy",
        "PIP_CERT",
        "REQUESTS_CA_BUNDLE",
    )
    return {name: os.environ[name] for name in (*names, *proxies) if name in os.environ}


def tool(name: str) -> str:
    """Where a tool is, beside this Python or in the path; without it the test says so."""
    found = shutil.which(name, path=f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


FETCHES = pytest.mark.skipif(
    not EVERYTHING, reason="with CONFORMANCE_MATRIX=all: fetches all dependencies from the index"
)


@FETCHES
def test_uvx_runs_the_wheel(built: Built, tmp_path: Path) -> None:
    words = [tool("uvx"), "--python", sys.executable, "--from", str(built.wheel), "conformance"]
    judged(words, tmp_path, **package_index())


@FETCHES
def test_pipx_runs_the_wheel(built: Built, tmp_path: Path) -> None:
    words = [
        tool("pipx"),
        "run",
        "--python",
        sys.executable,
        "--spec",
        str(built.wheel),
        "conformance",
    ]
    judged(words, tmp_path, **package_index())
