"""How a run is made: what is selected, its limits, and where its reports go."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conformance.contract import sets

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.contract.profiles import Profile
    from conformance.contract.sets import RequirementSet
    from conformance.target.waivers import Waiver


@dataclass(frozen=True)
class Limits:
    """Limits of a run: requests in flight (0: adapted to the gateway), seconds for each, pictures.

    `per_s` is how many requests the gateway takes per second, if the operator says so, and
    `max_time_s` how many seconds the whole run may take.
    """

    concurrency: int = 4
    timeout_s: float = 60.0
    max_images: int | None = None
    per_s: float | None = None
    max_time_s: float | None = None


@dataclass(frozen=True)
class Options:
    """How a run is made: what is selected, its limits, and where its reports go."""

    profile: Profile
    level: str
    checks: tuple[str, ...]
    requirements: tuple[str, ...]
    limits: Limits
    seed: int
    report_dir: Path
    dry_run: bool = False
    command: str = ""
    embedded: bool = False
    notes: tuple[str, ...] = ()
    resume: bool = False
    shard: str = ""
    examples: int | None = None
    # What to compare with: the path of an earlier result, and what of that fails the run.
    against: str = ""
    fail_on: str = ""
    only_regressions: bool = False
    # Whether no earlier run had this seed.
    new_seed: bool = False
    # What the evidence commits to the run's secrets with; empty for no commitment.
    disclosure_key: str = field(default="", repr=False)
    # The text that made the seed, or nothing.
    challenge: str = ""
    # What counts for the verdict.
    demanded: RequirementSet = field(default_factory=sets.own)
    waivers: tuple[Waiver, ...] = ()
    accept_waivers: bool = False
    # Whether a SHOULD that is not met counts for the exit code.
    strict: bool = False
    # So many seconds the gateway gets to start before the run begins.
    wait_s: float = 0.0
    # How the run is shown on a terminal; neither decides anything.
    quiet: bool = False
    verbose: bool = False
    # The names of the checks that a person's pytest selected; empty if it selected all.
    nodes: tuple[str, ...] = ()

    @property
    def narrowed(self) -> bool:
        """Whether a selection narrower than a profile is run."""
        return bool(self.selection)

    @property
    def selection(self) -> tuple[str, ...]:
        """The flags that select less than the whole profile."""
        level = ("--level must",) if self.level == "must" else ()
        checks = (f"--check {text}" for text in self.checks)
        picked = (f"pytest's selection of {len(self.nodes)}",) if self.nodes else ()
        return (*level, *checks, *(f"--requirement {id_}" for id_ in self.requirements), *picked)
