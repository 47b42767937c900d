"""What tests of several modules ask for by name."""

from __future__ import annotations

import signal

import pytest

from conformance.send import outage, retry


def pytest_configure() -> None:
    """Let Ctrl-C reach what tests start: where these run in the background, it is ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for a hundredth of the time that a run waits for a gateway."""
    monkeypatch.setattr(retry, "PAUSES_S", (0.01, 0.01, 0.01, 0.01))
    monkeypatch.setattr(outage, "OUTAGE_S", 2.0)
    monkeypatch.setattr(outage, "OUTAGE_STEP_S", 0.02)
