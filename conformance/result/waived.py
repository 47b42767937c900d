"""The waivers of a result: what was given to the run, and what became of it. `waiving` makes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from conformance.result.exchange_summary import Count, Named, Narrowed

DAY = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$"
# What fails a run, whatever the gateway did.
TROUBLES = ("expired", "unknown", "stale")


@dataclass(frozen=True)
class Waiver:
    """A known failure that an operator waived, with what became of the waiver in this run."""

    reason: Named
    owner: Named
    expires: Annotated[str, Narrowed(pattern=DAY), "The last day, in UTC, on which it counts."]
    requirement: Annotated[str, "The id of the requirement; empty if it is of a finding."] = ""
    finding: Annotated[str, "The key of the finding; empty if it is of a requirement."] = ""
    link: str = ""
    profile: Annotated[
        str, "The smallest profile whose run must show the failure; a smaller one proves nothing."
    ] = "core"
    file: Annotated[str, "The file that holds it, as the run was given it."] = ""
    line: Annotated[Count, "The line of the file at which it begins."] = 0
    state: Annotated[
        str,
        Narrowed(enum=["applied", "unused", *TROUBLES]),
        "`applied` to a failure; `unused`, as the run did not judge it; or why it fails the run: `expired`, `unknown` (there is no such requirement, or no finding can have this key), `stale` (it passes now).",
    ] = "unused"

    @property
    def id(self) -> str:
        """The id of what it waives."""
        return self.requirement or self.finding


@dataclass(frozen=True)
class Waivers:
    """All waivers of a run. A result with waivers that were applied is no ground for a certificate."""

    day: Annotated[str, Narrowed(pattern=DAY), "The day, in UTC, for which they were judged."] = ""
    accepted: Annotated[
        bool, "Whether the run was told to end well if every failed MUST is waived."
    ] = False
    applied: Annotated[Count, "How many requirements failed, and are waived."] = 0
    given: tuple[Waiver, ...] = ()
