"""One setting of a run: flag, environment variable and key of `conformance.toml`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from conformance.target import groups

Kind = Literal["text", "integer", "number", "rate", "duration", "switch", "list"]


@dataclass(frozen=True)
class Setting:
    """One setting of a run; `many` says that it may be given several times."""

    name: str
    help: str
    kind: Kind = "text"
    default: Any = None
    choices: tuple[str, ...] = ()
    metavar: str | None = None
    least: float | None = None
    # Words that are accepted in the place of a number.
    words: tuple[str, ...] = ()
    many: bool = False

    @property
    def flag(self) -> str:
        """The command line's name for it."""
        return f"--{self.name}"

    @property
    def variable(self) -> str:
        """The environment's name for it."""
        return "CONFORMANCE_" + self.name.upper().replace("-", "_")

    @property
    def key(self) -> str:
        """Its name in Python."""
        return self.name.replace("-", "_")

    @property
    def group(self) -> str:
        """The title under which help and documentation show it; see `groups`."""
        return groups.of(self.name)
