"""The toy gateway in FastAPI conforms, as its own tests say, in the folder in which a reader finds it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

import conformance
from tests.amount import EVERYTHING
from tests.api.running import APART, QUICK
from tests.commanding import python, result_in

EXAMPLES = Path(__file__).parents[2] / "examples"
GATEWAY = EXAMPLES / "fastapi_gateway"


def test_its_own_pytest_judges_it(tmp_path: Path) -> None:
    shutil.copytree(GATEWAY, tmp_path / "mine", ignore=shutil.ignore_patterns("__pycache__"))
    done = python("-m", "pytest", "-q", *APART, cwd=tmp_path / "mine", **QUICK)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout
    assert "CONFORMANT" in done.stdout
    assert result_in(tmp_path / "mine" / "reports")["verdict"] == "conformant"


@pytest.mark.skipif(not EVERYTHING, reason="its own tests judge it in the profile smoke")
def test_it_conforms_in_core_too(monkeypatch: pytest.MonkeyPatch) -> None:
    key = "sk-bf-example-3d1f6c0b9a7e42588f10"
    monkeypatch.setenv("GATEWAY_KEY", key)
    monkeypatch.syspath_prepend(str(GATEWAY))
    gateway = __import__("gateway")
    found = conformance.judge(gateway.app, api_key=key, seed=3)
    sys.modules.pop("gateway")
    assert [f.cause for f in found.findings] == []
    assert conformance.exit_code(found) == 0
