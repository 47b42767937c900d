"""The sets of requirements: what a version demands stays as it was released."""

from __future__ import annotations

import dataclasses
import shutil
from typing import TYPE_CHECKING

import pytest
import yaml

from conformance.cli import freezing
from conformance.contract import contract, sets
from conformance.contract.profiles import within
from conformance.contract.sets import Demand, RequirementSet
from conformance.errors import ConformanceError, UsageError
from tests.guards import YAML, no_problem

if TYPE_CHECKING:
    from pathlib import Path

OWN = contract.load().version
FILE = f"openapi/sets/{OWN}.yaml"
WRITE = "run `python -m conformance.cli.freezing`"


def test_the_set_of_the_current_version_is_the_contract() -> None:
    now = freezing.current()
    released = OWN in sets.released_in(sets.folder())
    first = f"raise info.version in {YAML}, and " if released else ""
    there = sets.read(OWN, sets.folder()).demands if OWN in sets.versions(sets.folder()) else {}
    no_problem(
        f"{id_} is not in {FILE} as the contract and its checks have it: {first}{WRITE}"
        for id_ in sorted(now.demands.keys() | there.keys())
        if now.demands.get(id_) != there.get(id_)
    )


def test_no_released_set_was_changed_or_taken_away() -> None:
    where = sets.folder()
    for version, digest in sets.released_in(where).items():
        assert sets.read(version, where).sha256 == digest, version


def test_the_suite_judges_all_that_a_released_set_demands() -> None:
    now = freezing.current()
    for version in sets.released_in(sets.folder()):
        no_problem(sets.unjudged(sets.read(version, sets.folder()), now))


@pytest.mark.parametrize(
    ("was", "now"), [("{level: MUST, profile: smoke}", "{level: SHOULD, profile: smoke}"),
                     ("  N-2: {", "  N-999: {"), ("profile: smoke", "profile: core")],
)  # fmt: skip
def test_a_change_of_a_released_set_is_refused(was: str, now: str, tmp_path: Path) -> None:
    folder = shutil.copytree(sets.folder(), tmp_path / "sets")
    path = folder / "1.0.0.yaml"
    text = path.read_text()
    path.write_text("# another comment\n" + text)
    sets.read("1.0.0", folder)  # layout and comments do not count
    path.write_text(text.replace(was, now, 1))
    with pytest.raises(ConformanceError, match=r"not the set that was released as 1\.0\.0"):
        sets.read("1.0.0", folder)


@pytest.mark.parametrize(
    "text", ["", "[]", "requirements: {}", 'version: "1.0.0"\nrequirements: [N-2]',
             'version: "1.0.0"\nrequirements: {N-2: {level: MUST}}',
             'version: "1.0.0"\nrequirements: {N-2: {level: MAY, profile: core}}',
             'version: "1.0.1"\nrequirements: {}', "version: ["],
)  # fmt: skip
def test_a_file_that_is_no_set_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "1.0.0.yaml").write_text(text)
    with pytest.raises(ConformanceError):
        sets.read("1.0.0", tmp_path)


def test_a_written_set_is_read_as_it_was_and_a_released_one_is_not_written_again(
    tmp_path: Path,
) -> None:
    freezing.freeze(tmp_path, freezing.current(), release=True)
    assert sets.read(OWN, tmp_path) == dataclasses.replace(freezing.current(), released=True)
    more = dataclasses.replace(
        freezing.current(), demands={**freezing.current().demands, "N-999": Demand("MUST", "core")}
    )
    with pytest.raises(SystemExit, match=r"is released and cannot change: raise info\.version"):
        freezing.freeze(tmp_path, more, release=False)


@pytest.mark.parametrize("version", ["1.0.0", "1.0", "1", None])
def test_missing_parts_of_a_version_are_zero_and_none_means_the_newest(version: str | None) -> None:
    assert sets.chosen(version).version == "1.0.0"


@pytest.mark.parametrize("version", ["9.9", "1.0.0.0", "v1", "", "../sets/1.0.0", "released"])
def test_an_unknown_version_is_a_usage_error_that_names_the_known_ones(version: str) -> None:
    with pytest.raises(UsageError, match=r"there is no such version; known are 1\.0\.0"):
        sets.chosen(version)


def test_an_older_set_that_the_suite_no_longer_judges_whole_is_told() -> None:
    older = RequirementSet("0.9", {"N-2": Demand("MUST", "smoke"), "N-3": Demand("MUST", "core")})
    now = RequirementSet("1.0", {"N-2": Demand("MUST", "core")})
    assert list(sets.unjudged(older, now)) == [
        "it demands N-2 in the profile smoke, and this suite judges it in core only",
        "it demands N-3, which this suite no longer judges",
    ]


def test_a_requirement_counts_as_its_set_has_it() -> None:
    full = next(i for i, d in sets.own().demands.items() if within(d.profile, "core"))
    older = RequirementSet("0.9", {"N-2": Demand("SHOULD", "core"), full: Demand("MUST", "full")})
    assert older.level_of("N-2", "core") == "SHOULD"
    assert older.level_of("N-1", "core") == "MAY"
    assert older.level_of(full, "core") == "MAY", "it was demanded in larger profiles only"
    assert older.level_of(full, "full") == "MUST"


def test_the_digest_is_of_what_the_set_says() -> None:
    document = yaml.safe_load((sets.folder() / "1.0.0.yaml").read_text())
    turned = dict(reversed(document["requirements"].items()))
    demands = {id_: Demand(**row) for id_, row in turned.items()}
    assert RequirementSet("1.0.0", demands).sha256 == sets.own().sha256
    assert RequirementSet("1.0.1", demands).sha256 != sets.own().sha256
