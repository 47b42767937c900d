"""A dry run: the plan and its price, with nothing sent and nothing written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from conformance.reference.credentials import demo_credentials
from tests.commanding import conformance, left_in
from tests.serving import HOST, KEY, raw_server

if TYPE_CHECKING:
    import socket
    from pathlib import Path

DEMO = demo_credentials()
SECRETS = (
    DEMO.virtual_key, DEMO.virtual_key_jwt, DEMO.admin_jwt, DEMO.other_tenant_key, DEMO.expired_jwt,
)  # fmt: skip
NO_SERVER = f"http://{HOST}:9"


@pytest.mark.parametrize("key", [{}, {"CONFORMANCE_API_KEY": KEY}])
def test_a_dry_run_sends_nothing_and_writes_nothing(key: dict[str, str], tmp_path: Path) -> None:
    connected: list[int] = []

    def accept(_connection: socket.socket, number: int) -> None:
        connected.append(number)

    with raw_server(accept) as (url, _):
        done = conformance("run", url, "--dry-run", cwd=tmp_path, **key)
    assert connected == []
    assert done.returncode == 0, done.stderr
    assert re.search(r"\d+ pictures if the gateway is correct", done.stdout)
    assert left_in(tmp_path) == set()
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A dry run without a URL: the folder it ran in, and what it printed."""
    folder = tmp_path_factory.mktemp("plain")
    done = conformance("run", "--dry-run", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


def test_a_dry_run_says_how_long_it_takes_at_least(tmp_path: Path) -> None:
    done = conformance("run", "--dry-run", "--latency", "3", "--concurrency", "2", cwd=tmp_path)
    found = re.search(r"(.+) at least: (\d+) successes x 3 s, 2 at once", done.stdout)
    assert found is not None
    least_s = int(found[2]) * 3 / 2
    assert f"{int(least_s % 60)}" in found[1]
    assert "if it accepts all that it may refuse" in done.stdout
    assert re.search(r"^\d+ at most if it accepts everything", done.stdout, re.MULTILINE)


def test_a_dry_run_says_how_long_the_plan_takes_at_a_rate(tmp_path: Path) -> None:
    done = conformance("run", "--dry-run", "--rate", "60/min", cwd=tmp_path)
    found = re.search(r"(\d+) min .* at least with --rate: (\d+) requests", done.stdout)
    assert found is not None
    assert int(found[1]) == int(found[2]) // 60
    assert "at 60 a minute" in done.stdout


def test_a_dry_run_says_how_long_the_run_may_take(plain: tuple[Path, str], tmp_path: Path) -> None:
    assert "20 min 0 s at most, longer if the gateway limits its rate" in plain[1]
    slow = conformance("run", "--dry-run", "--latency", "300", cwd=tmp_path).stdout
    found = re.search(r"^(\d+) min .* at most, longer if", slow, re.MULTILINE)
    assert found is not None
    assert int(found[1]) > 20
    given = conformance("run", "--dry-run", "--max-time", "7m", cwd=tmp_path).stdout
    assert "7 min 0 s at most (--max-time): what has no answer then is untestable" in given


def test_a_latency_that_is_none_is_a_usage_error(tmp_path: Path) -> None:
    done = conformance("run", "--dry-run", "--latency", "-1", cwd=tmp_path)
    assert done.returncode == 2
    assert "--latency" in done.stderr


def test_a_dry_run_without_a_url_needs_no_gateway(plain: tuple[Path, str]) -> None:
    folder, said = plain
    assert "n=11" in said
    assert list(folder.iterdir()) == []
