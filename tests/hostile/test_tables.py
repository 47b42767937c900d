"""A server that looks answers up is conformant with the seed that it was recorded with, and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.result.model import Status, Verdict
from conformance.run import launch
from conformance.run.judge import judge

from .server import serving
from .tables import Table

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.result.model import Result

    from .values import Mode

RECORDED, OTHER = 1, 2
DRAWN_CASES = {"profile": "full", "check": ["test_properties"]}
CHALLENGED = {"challenge": "a text that nobody knew before"}
DRAWN: tuple[dict[str, Any], ...] = ({"seed": OTHER}, CHALLENGED)


def judged(mode: Mode, folder: Path, **flags: Any) -> Result:
    with serving(mode) as world:
        known = {"url": world.url, "report_dir": str(folder), "timeout": 3, **flags}
        return judge(launch.session_for(known, {"CONFORMANCE_API_KEY": world.key}))


def failed(result: Result) -> set[str]:
    return {r.id for r in result.requirements if r.status is Status.FAIL}


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Table:
    made = Table()
    result = judged(made.recording(), tmp_path_factory.mktemp("recorded"), seed=RECORDED)
    assert result.verdict is Verdict.CONFORMANT
    return made


def test_a_table_of_digests_is_conformant_with_its_own_seed(table: Table, tmp_path: Path) -> None:
    result = judged(table.by_bytes(), tmp_path, seed=RECORDED)
    assert (result.verdict, failed(result)) == (Verdict.CONFORMANT, set())


@pytest.mark.parametrize("drawn", DRAWN, ids=str)
def test_with_another_seed_or_a_challenge_it_knows_no_good_request(
    drawn: dict[str, Any], table: Table, tmp_path: Path
) -> None:
    result = judged(table.by_bytes(), tmp_path, **drawn)
    assert (result.verdict, result.images) == (Verdict.INCOMPLETE, 0)
    assert result.diagnosis


@pytest.fixture(scope="module")
def likenesses(tmp_path_factory: pytest.TempPathFactory) -> Table:
    """A table of the drawn cases of the full profile, which a core run has few of."""
    made = Table()
    result = judged(
        made.recording(), tmp_path_factory.mktemp("drawn"), seed=RECORDED, **DRAWN_CASES
    )
    assert failed(result) == set()
    return made


def test_a_table_of_what_requests_look_like_does_not_know_the_rules_that_full_asks_for(
    likenesses: Table, tmp_path: Path
) -> None:
    """It has an answer for everything; core alone need not find that it is another request's."""
    result = judged(likenesses.by_likeness(), tmp_path, **DRAWN_CASES, **CHALLENGED)
    assert not result.diagnosis
    assert failed(result)


def test_no_table_calls_a_provider(table: Table, tmp_path: Path) -> None:
    result = judged(table.by_likeness(), tmp_path, seed=RECORDED, observe="0")
    assert result.verdict is Verdict.INCOMPLETE
    assert "no request of this run reached the provider" in result.diagnosis[0].problem
