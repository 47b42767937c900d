"""Something in a bundle, or in what is found out about it again, that does not fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from conformance.http.reading.short import shown
from conformance.reports.text import printable

LONGEST = 1_000


@dataclass(frozen=True, order=True)
class Difference:
    """One thing that does not fit; as text it is one line that a terminal can show.

    `where` is the file, `what` the part of it, or a whole sentence about it. `said` is what is claimed
    there and `found` what it comes to; both are empty where the sentence says all.
    """

    where: str
    what: str
    said: str = ""
    found: str = ""

    def __str__(self) -> str:
        both = f" is said to be {self.said}, and is {self.found}" if self.said else ""
        whole = " ".join(f"{self.where}: {self.what}{both}".split())
        return printable(whole, LONGEST)


def between(where: str, what: str, said: Any, found: Any) -> Difference:
    """Return the difference of two values of JSON, each of them in short."""
    return Difference(where, what, shown(said), shown(found))
