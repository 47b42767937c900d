"""One way in which a record differs from what it should be."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Difference:
    """Where a record differs, and how: a sentence for a reader."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass
class Differences:
    """The differences found so far, each once."""

    found: dict[Difference, None] = field(default_factory=dict)

    def note(self, where: str, what: str) -> None:
        """Note a difference."""
        self.found.setdefault(Difference(where, what))
