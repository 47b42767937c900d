"""Hostile surroundings change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.credentials import demo_credentials
from tests.commanding import python, result_in
from tests.serving import HOST

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Whole

DEMO = demo_credentials()
SECRETS = (
    DEMO.virtual_key, DEMO.virtual_key_jwt, DEMO.admin_jwt, DEMO.other_tenant_key, DEMO.expired_jwt,
)  # fmt: skip
NO_SERVER = f"http://{HOST}:9"


def make_hostile(folder: Path) -> None:
    (folder / "conftest.py").write_text(
        "import pytest\n"
        "raise SystemExit('the run read a conftest of the working directory')\n"
    )  # fmt: skip
    (folder / "pytest.ini").write_text(
        "[pytest]\naddopts = --no-such-option -x -k nothing\nfilterwarnings = error\n"
        "python_functions = nothing_*\nconsole_output_style = nonsense\n"
    )
    (folder / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = '--bad'\n")
    (folder / "tox.ini").write_text("[pytest]\naddopts = --bad\n")
    (folder / "schemathesis.toml").write_text("nonsense = true\n")
    (folder / "json.py").write_text("raise SystemExit('another json was imported')\n")


HOSTILE = {
    "PYTEST_ADDOPTS": "--no-such-option -k nothing",
    "PYTEST_PLUGINS": "no_such_plugin",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "",
    "PYTEST_CURRENT_TEST": "x",
    "http_proxy": f"http://{HOST}:9",
    "HTTP_PROXY": f"http://{HOST}:9",
    "ALL_PROXY": f"http://{HOST}:9",
    "NO_COLOR": "1",
    "PYTHONWARNINGS": "error",
}


def statuses(result: dict[str, Any]) -> dict[str, list[tuple[str, str]]]:
    return {
        r["id"]: sorted((c["node"], c["status"]) for c in r["checks"])
        for r in result["requirements"]
    }


def test_hostile_surroundings_change_nothing(whole: Whole, tmp_path: Path) -> None:
    make_hostile(tmp_path)
    # Like the installed command, Python must not import modules from the working directory.
    done = python("-P", "-m", "conformance", "run", "--report-dir", "out", cwd=tmp_path, **HOSTILE)
    assert done.returncode == 0, done.stderr
    assert statuses(result_in(tmp_path / "out")) == statuses(result_in(whole[0] / "out"))
