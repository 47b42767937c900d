"""The text that `list` and `explain` print, and the modules that they import for it."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from conformance import checks
from conformance.cli import listing
from conformance.contract import contract
from conformance.errors import ConformanceError, UsageError
from conformance.reference.catalogue import DEFECTS

if TYPE_CHECKING:
    from pathlib import Path

CONTRACT = contract.load()


def rows(text: str, title: str) -> list[str]:
    """The rows of one titled list, each without its indent."""
    found: list[str] = []
    inside = False
    for line in text.splitlines():
        inside = line.startswith(title) or (inside and line.startswith(" " * 8))
        if inside and not line.startswith(" " * 10):
            found.append(line[8:])
    return found


def test_a_requirement_is_explained_with_its_checks() -> None:
    found = rows(listing.explanation("n-2"), "checks")
    assert "test_n.py::test_an_integer_outside_one_to_ten_is_refused" in found
    assert all(line.startswith("test_") for line in found)


@pytest.mark.parametrize("requirement", CONTRACT.requirements)
def test_a_requirement_is_explained_with_all_defects_that_break_it(requirement: str) -> None:
    text = listing.explanation(requirement)
    breaking = [one.id for one in DEFECTS if requirement in one.breaks]
    assert [row.partition(":")[0] for row in rows(text, "defects")] == breaking
    assert f"conformance selftest {breaking[0]}" in text
    assert rows(text, "checks")


@pytest.mark.parametrize("observation", CONTRACT.observations)
def test_an_observation_is_explained_with_its_checks_alone(observation: str) -> None:
    text = listing.explanation(observation)
    assert "Recorded, never judged" in text
    assert rows(text, "checks")
    assert not rows(text, "defects")


def test_every_line_fits_but_for_what_is_to_be_copied() -> None:
    for id_ in (*CONTRACT.requirements, *CONTRACT.observations):
        for line in listing.explanation(id_).splitlines():
            assert len(line) <= listing.WIDTH or "::" in line


def test_an_unknown_id_names_those_that_are_like_it() -> None:
    with pytest.raises(UsageError, match="did you mean N-2"):
        listing.explanation("n-22")


def test_a_module_of_checks_that_cannot_be_imported_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "test_broken.py").write_text("raise KeyError('BODY-99 is no requirement')\n")
    monkeypatch.setattr(checks, "__path__", [str(tmp_path)])
    with pytest.raises(ConformanceError) as raised:
        list(listing.checks_with_ids())
    assert str(raised.value) == "conformance/checks/test_broken.py: BODY-99 is no requirement"


def test_the_list_imports_no_check_and_no_defect() -> None:
    program = (
        "import sys; from conformance.cli import listing; listing.listing();"
        " print([n for n in sys.modules if n.startswith(('conformance.checks',"
        " 'conformance.reference', 'conformance.run', 'pytest', 'hypothesis', 'httpx'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
