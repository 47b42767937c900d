"""How much of the contract a run checks: each profile includes the ones before it."""

from __future__ import annotations

from typing import Literal, get_args

Profile = Literal["smoke", "core", "full"]
PROFILES: tuple[Profile, ...] = get_args(Profile)


def within(profile: Profile, chosen: Profile) -> bool:
    """Return whether a run of the chosen profile includes the checks of a profile."""
    return PROFILES.index(profile) <= PROFILES.index(chosen)
