from __future__ import annotations

import os
import signal
import subprocess
import sys

import httpx
import pytest

from conformance.reference.gateway import ROUTE

from .asking import MODEL, PICTURE

KEY = "a-key-of-the-operator"


def test_the_gateway_runs_as_a_process_and_ends_on_a_signal() -> None:
    command = [sys.executable, "-m", "conformance.reference", "--defect", "n-eleven-accepted"]
    environment = {**os.environ, "CONFORMANCE_API_KEY": KEY}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        url = process.stdout.readline().removeprefix("listening on ").strip()
        reply = httpx.post(
            url + ROUTE,
            data={"model": MODEL, "n": "11"},
            files={"image": ("p.png", PICTURE, "image/png")},
            headers={"Authorization": f"Bearer {KEY}"},
            trust_env=False,
        )
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) == 0
    assert len(reply.json()["data"]) == 11


@pytest.mark.parametrize("flag", ["--defect", "--variant"])
def test_an_unknown_id_is_a_usage_error(flag: str) -> None:
    command = [sys.executable, "-m", "conformance.reference", flag, "no-such"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no-such is no defect or variant" in done.stderr
