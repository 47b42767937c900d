"""What tests of several modules ask for by name."""

from __future__ import annotations

import pytest

from conformance import revival, surprise


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for a hundredth of the time that a run waits for a gateway."""
    monkeypatch.setattr(surprise, "PAUSES_S", (0.01, 0.01, 0.01, 0.01))
    monkeypatch.setattr(revival, "REVIVAL_S", 2.0)
    monkeypatch.setattr(revival, "REVIVAL_STEP_S", 0.02)
