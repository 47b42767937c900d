"""Gathers the differences that a verification finds, each once."""

from __future__ import annotations

from dataclasses import dataclass, field

from conformance.bundle.difference import Difference


@dataclass
class Differences:
    """The differences found so far, in their order."""

    found: dict[Difference, None] = field(default_factory=dict)

    def note(self, where: str, what: str) -> None:
        """Note a difference."""
        self.found.setdefault(Difference(where, what))
