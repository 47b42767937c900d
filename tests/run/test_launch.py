"""The seed of a run: a new one for each, the same one for a run that repeats or goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.errors import UsageError
from conformance.evidence import resume
from conformance.evidence.log import EVIDENCE_FILE
from conformance.run.launch import session_for
from tests.commanding import conformance, result_in
from tests.serving import KEY, Loopback, pictures_answer
from tests.values import URL

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.target.options import Options


def options(folder: Path, command: str = "", **flags: Any) -> Options:
    given = {"url": URL, "dry_run": True, "report_dir": str(folder), **flags}
    session = session_for(given, {"CONFORMANCE_API_KEY": KEY}, command=command)
    session.channel.close()
    return session.options


def test_each_run_that_names_no_seed_draws_a_new_one(tmp_path: Path) -> None:
    assert len({options(tmp_path).seed for _ in range(5)}) == 5


def test_the_command_that_repeats_a_run_names_the_drawn_seed(tmp_path: Path) -> None:
    run = options(tmp_path, "conformance run")
    assert run.command == f"conformance run --seed {run.seed}"


def test_a_seed_that_is_named_is_taken_and_not_named_again(tmp_path: Path) -> None:
    run = options(tmp_path, "conformance run --seed 7", seed="7")
    assert (run.seed, run.command) == (7, "conformance run --seed 7")


def test_the_parts_of_a_run_need_a_seed_that_they_share(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="give each of them the same --seed N"):
        options(tmp_path, shard="1/2")
    assert options(tmp_path, shard="1/2", seed="4").seed == 4


def test_a_run_that_is_gone_on_with_keeps_its_seed(tmp_path: Path) -> None:
    found: list[dict[str, Any]] = []
    with Loopback(lambda _got: pictures_answer()) as server:
        for more in ((), ("--resume",)):
            command = ("run", server.url, "--check", "n=2", *more)
            conformance(*command, cwd=tmp_path, CONFORMANCE_API_KEY=KEY, CONFORMANCE_SEED="")
            found.append(result_in(tmp_path / "reports"))
    first, second = found
    assert first["seed"] == second["seed"] == resume.seed_in(tmp_path / "reports")
    assert second["command"].endswith(f"--resume --seed {first['seed']}")


@pytest.mark.parametrize("text", ["", "x", "{}\n", "[1]\n", '{"run": {}}\n', '{"run": 1}\n'])
def test_evidence_that_names_no_seed_has_none(text: str, tmp_path: Path) -> None:
    (tmp_path / EVIDENCE_FILE).write_text(text)
    assert resume.seed_in(tmp_path) is None
