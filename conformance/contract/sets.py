"""Frozen requirement sets: what each version of the contract demands, and in which profile.

`openapi/sets/<version>.yaml` holds one set, and `openapi/sets/released.yaml` the digests of those
that are released: nothing of them may change any more. A run counts what its set demands, so that a
requirement that came later never changes the verdict on an older version.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, get_args

import yaml

from conformance.contract import contract
from conformance.contract.contract import Level
from conformance.contract.profiles import PROFILES, Profile, within
from conformance.errors import ConformanceError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

FOLDER = "sets"
RELEASED = "released.yaml"
VERSION = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4}){0,2}")
NOT_DEMANDED: Literal["MAY"] = "MAY"
LEVELS = get_args(Level)


@dataclass(frozen=True)
class Demand:
    """How a set demands a requirement: its level, and the smallest profile that judges it."""

    level: Level
    profile: Profile


@dataclass(frozen=True)
class RequirementSet:
    """What one version of the contract demands, by the ids of the requirements."""

    version: str
    demands: Mapping[str, Demand]
    released: bool = False

    @property
    def sha256(self) -> str:
        """The digest, in hexadecimal, of what the set says; layout and comments do not count."""
        said = {
            "requirements": {i: [d.level, d.profile] for i, d in self.demands.items()},
            "version": self.version,
        }
        text = json.dumps(said, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def levels(self) -> dict[str, Level]:
        """The level of each requirement."""
        return {id_: demand.level for id_, demand in self.demands.items()}

    def level_of(self, id_: str, profile: Profile) -> Literal["MUST", "SHOULD", "MAY"]:
        """Return the level at which a requirement counts in a run of a profile.

        It is MAY, which counts for nothing, if the set does not have the requirement, or demanded it
        in larger profiles only, and checks of this profile judge it now.
        """
        demand, now = self.demands.get(id_), own().demands.get(id_)
        if demand is None:
            return NOT_DEMANDED
        moved = now is not None and within(now.profile, profile)
        if moved and not within(demand.profile, profile):
            return NOT_DEMANDED
        return demand.level


def folder() -> Path:
    """Return the folder of the sets: inside an installed package, or in a checkout."""
    return contract.contract_folder() / FOLDER


def versions(where: Path) -> tuple[str, ...]:
    """Return the versions of which a folder has a set, the oldest first."""
    found = (path.stem for path in where.glob("*.yaml"))
    return tuple(sorted(filter(VERSION.fullmatch, found), key=_numbers))


def released_in(where: Path) -> dict[str, str]:
    """Return the digest of each released set of a folder, by its version."""
    path = where / RELEASED
    return dict(_document(path)) if path.exists() else {}


def read(version: str, where: Path) -> RequirementSet:
    """Return the set of a version from a folder.

    Raises:
        ConformanceError: the file is no set, or it is released and differs from what was released.
    """
    path = where / f"{version}.yaml"
    document = _document(path)
    try:
        demands = {id_: Demand(**row) for id_, row in document["requirements"].items()}
        fits = document["version"] == version
    except (AttributeError, KeyError, TypeError) as error:
        raise ConformanceError(f"{path} is no set of requirements: {error}") from error
    if not fits or not all(d.level in LEVELS and d.profile in PROFILES for d in demands.values()):
        raise ConformanceError(f"{path} is no set of requirements of version {version}")
    pinned = released_in(where).get(version)
    found = RequirementSet(version, demands, released=pinned is not None)
    if pinned not in (None, found.sha256):
        raise ConformanceError(
            f"{path} is not the set that was released as {version}; install the suite anew, or put"
            " the file back"
        )
    return found


@cache
def own() -> RequirementSet:
    """Return the set of the contract's own version.

    As long as the file lacks what was just written into the contract, it is a draft that has all of it.
    """
    known, where = contract.load(), folder()
    there = known.version in versions(where)
    written = read(known.version, where) if there else RequirementSet(known.version, {})
    levels = {r.id: r.level for r in known.requirements.values()}
    if written.levels == levels:
        return written
    profiles = {id_: demand.profile for id_, demand in written.demands.items()}
    return RequirementSet(
        known.version,
        {id_: Demand(level, profiles.get(id_, "core")) for id_, level in levels.items()},
    )


def chosen(version: str | None) -> RequirementSet:
    """Return the set of a version, or the own one if none is named; `1.0` means `1.0.0`.

    Raises:
        UsageError: there is no set of this version, or the suite no longer judges all of it.
    """
    if version is None:
        return own()
    known = versions(folder())
    whole = version + ".0" * (2 - version.count("."))
    if whole == own().version:
        return own()
    if not VERSION.fullmatch(version) or whole not in known:
        raise UsageError(
            f"--contract {version[:40]!r}: there is no such version; known are {', '.join(known)}"
        )
    found = read(whole, folder())
    for problem in unjudged(found, own()):
        raise UsageError(
            f"--contract {version}: {problem}; use a version of the suite whose contract is {whole}"
        )
    return found


def unjudged(older: RequirementSet, now: RequirementSet) -> Iterator[str]:
    """Yield what an older set demands and the contract, as it is now, no longer has judged."""
    for id_, demand in older.demands.items():
        if id_ not in now.demands:
            yield f"it demands {id_}, which this suite no longer judges"
        elif not within(now.demands[id_].profile, demand.profile):
            yield (
                f"it demands {id_} in the profile {demand.profile}, and this suite judges it in"
                f" {now.demands[id_].profile} only"
            )


def written(wanted: RequirementSet) -> str:
    """Return the text of a set's file."""
    rows = (
        f"  {id_}: {{level: {demand.level}, profile: {demand.profile}}}\n"
        for id_, demand in wanted.demands.items()
    )
    return (
        f"# What version {wanted.version} of the contract demands: the level of each requirement, and\n"
        "# the smallest profile that judges it. Made by `python -m conformance.cli.freezing`; once the\n"
        f"# version is in {RELEASED}, nothing here may change.\n"
        f'version: "{wanted.version}"\n'
        "requirements:\n" + "".join(rows)
    )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _document(path: Path) -> Any:
    try:
        return contract.parsed(path.read_text(encoding="utf-8")) or {}
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ConformanceError(f"{path} cannot be read: {error}") from error
