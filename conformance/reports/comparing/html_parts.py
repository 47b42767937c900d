"""What the page of a comparison shows, worked out for the template."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from conformance.compare.changes import JUDGED
from conformance.compare.model import Change, Seen
from conformance.reports.comparing import words
from conformance.reports.html_parts import anchor
from conformance.reports.words import STATUS_WORDS, SYMBOLS
from conformance.result.model import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.compare.model import CauseRow, Cell, Comparison, RequestRow, Row

ABSENT = "not in its contract"
ANSWERS_SHOWN = 8
FEW = 3
_SEEN_SYMBOLS = {Seen.NEW: "+", Seen.GONE: "−", Seen.SAME: "●", Seen.UNSEEN: "?", Seen.ABSENT: ""}
_SEEN_LABELS = {
    Seen.NEW: "new here: the baseline does not have it",
    Seen.GONE: "gone here: the baseline has it",
    Seen.SAME: "here and at the baseline",
    Seen.ABSENT: "not here",
}


class Alike(NamedTuple):
    """The gateways that came to the same in one requirement, and what the first of them shows."""

    members: list[tuple[int, Cell]]
    cell: Cell


class Clause(NamedTuple):
    """The rows of one clause, and how many each gateway met of those that were judged there."""

    name: str
    rows: list[Row]
    met: list[tuple[int, int]]


class Matrix:
    """The parts of a comparison, in the order and with the words of the page."""

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison
        self.names = [gateway.name for gateway in comparison.gateways]
        self.by_requirement: dict[str, list[RequestRow]] = {}
        for row in comparison.requests:
            for id_ in row.requirements:
                self.by_requirement.setdefault(id_, []).append(row)

    def clauses(self) -> list[Clause]:
        """Return the requirements by clause."""
        grouped: dict[str, list[Row]] = {}
        for row in self.comparison.rows:
            grouped.setdefault(row.clause, []).append(row)
        return [Clause(name, rows, self._met(rows)) for name, rows in grouped.items()]

    def _met(self, rows: Sequence[Row]) -> list[tuple[int, int]]:
        columns = zip(*(row.cells for row in rows), strict=True)
        found = [[cell.status for cell in column] for column in columns]
        return [(c.count(Status.PASS), sum(s in JUDGED for s in c)) for c in found]

    def statuses(self) -> set[Status | None]:
        """Return the statuses that are there."""
        return {cell.status for row in self.comparison.rows for cell in row.cells}

    def changes(self) -> set[Change]:
        """Return the changes that are there."""
        return {cell.change for row in self.comparison.rows for cell in row.cells}

    def label(self, cell: Cell, at: int) -> str:
        """Return what a cell says to who cannot see it: gateway, status and change."""
        status = STATUS_WORDS[cell.status] if cell.status else ABSENT
        change = words.CHANGE_WORDS[cell.change] if words.CHANGE_SYMBOLS[cell.change] else ""
        return f"{self.names[at]}: {status}" + (f", {change}" if change else "")

    def hint(self, cell: Cell) -> str:
        """Return what is shown beside the pointer: what was found, or what changed."""
        return words.found(cell) if cell.status in words.TOLD_STATUSES else words.reason(cell)

    def symbol(self, cell: Cell) -> str:
        """Return the sign of a status."""
        return SYMBOLS[cell.status] if cell.status else ""

    def differs(self, row: Row) -> bool:
        """Return whether the gateways do not all stand alike in a requirement."""
        return words.differs(row)

    def alike(self, row: Row) -> list[Alike]:
        """Return the gateways in groups that came to the same: the worst status first."""
        groups: dict[tuple[object, ...], list[tuple[int, Cell]]] = {}
        for at, cell in enumerate(row.cells):
            said = "" if cell.status is Status.PASS else words.found(cell)
            key = (cell.status, cell.finding or said, cell.outcome)
            groups.setdefault(key, []).append((at, cell))
        order = [*words.WORST_FIRST, None]
        found = [Alike(members, members[0][1]) for members in groups.values()]
        return sorted(found, key=lambda alike: order.index(alike.cell.status))

    def answers(self, row: Row) -> tuple[list[tuple[str, list[tuple[str, str]]]], int]:
        """Return the requests of a requirement that were answered differently, and how many are left out.

        Those that got the same answers stand together, with each answer and the gateways that gave it.
        """
        groups: dict[tuple[str, ...], list[str]] = {}
        for request in self.by_requirement.get(row.id, []):
            groups.setdefault(request.outcomes, []).append(request.label)
        shown = [
            (words.listed(labels), self.by_value(outcomes, brief=True))
            for outcomes, labels in list(groups.items())[:ANSWERS_SHOWN]
        ]
        return shown, len(groups) - len(shown)

    def by_value(self, values: Sequence[str], *, brief: bool = False) -> list[tuple[str, str]]:
        """Return each value once, with the names of the gateways that have it; "" is none.

        `brief` counts the gateways that have the usual value, in place of naming them.
        """
        groups: dict[str, list[str]] = {}
        for name, value in zip(self.names, values, strict=True):
            if value:
                groups.setdefault(value, []).append(name)
        usual = max(groups.values(), key=len, default=[])
        return [
            (
                value,
                f"the other {len(names)}"
                if brief and names is usual and len(names) > FEW
                else ", ".join(names),
            )
            for value, names in groups.items()
        ]

    def cause(self, number: int) -> CauseRow:
        """Return a cause by its number, from 1."""
        return self.comparison.causes[number - 1]

    def seen(self, cause: CauseRow, at: int) -> tuple[str, str]:
        """Return the sign and the words for how a gateway stands in a cause."""
        kind = cause.seen[at]
        has = bool(cause.findings[at])
        if kind is Seen.UNSEEN and has:
            return "●", "here; the baseline's run did not judge it"
        if kind is Seen.UNSEEN:
            return "?", "its run did not judge it"
        return _SEEN_SYMBOLS[kind], _SEEN_LABELS[kind]

    def code_class(self, outcome: str) -> str:
        """Return the class of an outcome: its first digit, or `none`."""
        return f"k-{outcome[0]}" if outcome[:1].isdigit() else "k-none" if outcome else "k-unasked"

    def is_baseline(self, at: int) -> bool:
        """Return whether a column is the baseline's."""
        return at == self.comparison.baseline

    def mark(self, change: Change) -> str:
        """Return the sign of a change; "" where there is nothing to mark."""
        return words.CHANGE_SYMBOLS[change]

    def anchor(self, row: Row) -> str:
        """Return the id of the element that tells of a requirement."""
        return f"r-{anchor(row.id)}"
