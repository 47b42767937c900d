"""Tells `conformance_result` what to judge: the app of this folder, and with which key."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

KEY = "sk-bf-example-3d1f6c0b9a7e42588f10"


@pytest.fixture(scope="session")
def conformance_target() -> Any:
    """The app itself: it is served on a free port of this machine while it is judged."""
    from gateway import app  # noqa: PLC0415 - its folder is in the path by now

    return app


@pytest.fixture(scope="session")
def conformance_settings() -> dict[str, Any]:
    """What `conformance run` would get as flags; the key never stands on a command line."""
    return {"profile": "smoke", "api_key": KEY}


@pytest.fixture(scope="session", autouse=True)
def _gateway_key() -> Any:
    """Give the gateway its key before it is judged."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GATEWAY_KEY", KEY)
        yield
