"""`conformance list` for programs, and in parts."""

from __future__ import annotations

import json

import pytest

from conformance.cli import listing
from conformance.contract import contract
from conformance.errors import UsageError
from tests.commanding import conformance

KNOWN = contract.load()


def test_as_json_it_has_all_that_the_contract_knows() -> None:
    found = json.loads(listing.as_json())
    assert [r["id"] for r in found["requirements"]] == list(KNOWN.requirements)
    assert [o["id"] for o in found["observations"]] == list(KNOWN.observations)
    assert found["contract"] == {"version": KNOWN.version, "sha256": KNOWN.sha256}
    two = next(r for r in found["requirements"] if r["id"] == "N-2")
    assert two["clause"] == "N"
    assert two["text"] == KNOWN.requirements["N-2"].text


def test_a_level_and_a_clause_select_in_both_forms() -> None:
    for level in ("must", "should"):
        rows = json.loads(listing.as_json(level, "error"))["requirements"]
        assert {(r["level"], r["clause"]) for r in rows} == {(level.upper(), "ERROR")}
        listed = [line.split()[0] for line in listing.listing(level, "error").splitlines()[1:]]
        assert [r["id"] for r in rows] == [
            word for word in listed if "-" in word and word.isupper()
        ]


def test_a_level_that_a_clause_lacks_is_said() -> None:
    assert listing.listing("should", "user") == "No SHOULD in clause USER\n"


def test_a_clause_that_is_none_names_those_like_it() -> None:
    with pytest.raises(UsageError, match=r"--clause: 'eror' is no clause; did you mean ERROR"):
        listing.listing(clause="eror")


def test_the_command_takes_the_flags(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("list")
    done = conformance("list", "--json", "--level", "must", "--clause", "n", cwd=folder)
    assert {r["level"] for r in json.loads(done.stdout)["requirements"]} == {"MUST"}
    wrong = conformance("list", "--clause", "nn", cwd=folder)
    assert wrong.returncode == 2
    assert "is no clause" in wrong.stderr
