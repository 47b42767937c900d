"""Writes the requirement set of the contract's version, and freezes it for a release.

    python -m conformance.cli.freezing            # openapi/sets/<version>.yaml, as the contract is now
    python -m conformance.cli.freezing release    # and its digest into openapi/sets/released.yaml

A set that is released is never written again: raise `info.version` of the contract first.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from conformance.cli.listing import declarations
from conformance.contract import contract, sets
from conformance.contract.profiles import PROFILES
from conformance.contract.sets import Demand, RequirementSet

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.contract.profiles import Profile
    from conformance.judging.declare import Declaration

HEAD = (
    "# The digests of the released sets. A set whose version stands here may not change: what is added"
    "\n# to the contract belongs to its next version.\n"
)


def current() -> RequirementSet:
    """Return what the contract demands as it is now, with the profiles of the checks that judge it."""
    smallest: dict[str, Profile] = {}
    for declared in declarations():
        found = (smallest.get(declared.id, PROFILES[-1]), profile_of(declared))
        smallest[declared.id] = min(found, key=PROFILES.index)
    known = contract.load()
    return RequirementSet(
        known.version,
        {r.id: Demand(r.level, smallest.get(r.id, "core")) for r in known.requirements.values()},
    )


def profile_of(declared: Declaration) -> Profile:
    """Return the smallest profile in which a check judges anything."""
    of_specs = [spec.profile for spec in declared.known_specs]
    if declared.profile == "smoke" or not of_specs or declared.cases:
        return declared.profile
    return max(declared.profile, min(of_specs, key=PROFILES.index), key=PROFILES.index)


def freeze(where: Path, wanted: RequirementSet, *, release: bool) -> Path:
    """Write a set into a folder, and return its path; `release` pins its digest too.

    Raises:
        SystemExit: the version is released, and the set demands something else.
    """
    pinned = sets.released_in(where)
    path = where / f"{wanted.version}.yaml"
    if pinned.get(wanted.version, wanted.sha256) != wanted.sha256:
        sys.exit(
            f"{path} is released and cannot change: raise info.version in openapi/{contract.CONTRACT_FILE}"
            " and run this again"
        )
    where.mkdir(exist_ok=True)
    path.write_text(sets.written(wanted), encoding="utf-8")
    if release:
        pins = {**pinned, wanted.version: wanted.sha256}
        rows = "".join(f'"{version}": {digest}\n' for version, digest in pins.items())
        (where / sets.RELEASED).write_text(HEAD + rows, encoding="utf-8")
    return path


if __name__ == "__main__":
    sys.stdout.write(f"{freeze(sets.folder(), current(), release='release' in sys.argv[1:])}\n")
