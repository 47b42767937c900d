"""Makes the rows of a comparison: each requirement with what every gateway came to in it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.compare.asked import outcome, own
from conformance.compare.changes import JUDGED, change_of
from conformance.compare.model import Cell, Row
from conformance.result.findings.failures import FAILED, size_of, witnesses
from conformance.result.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.compare.asked import Asked
    from conformance.compare.changes import Changed
    from conformance.compare.model import CauseRow, SlowRow
    from conformance.result.exchange_summary import ExchangeSummary
    from conformance.result.model import Check, RequirementResult, Result

MOST = 600
LABEL = 80

# What else differs at a gateway, by the id of the requirement.
Otherwise = dict[str, list[str]]


def rows(
    results: Sequence[Result],
    baseline: int,
    requests: Sequence[Asked],
    causes: Sequence[CauseRow],
    slow: Sequence[SlowRow],
) -> tuple[Row, ...]:
    """Return every requirement that any of the results knows, by clause, in the order of their contracts."""
    sides = tuple(
        _Side(
            result, {r.id: r for r in result.requirements}, _otherwise(requests, slow, baseline, at)
        )
        for at, result in enumerate(results)
    )
    known = (sides[baseline], *sides)
    ids = dict.fromkeys(id_ for side in known for id_ in side.requirements)
    found = [_row(id_, sides, baseline, causes) for id_ in ids]
    clauses = list(dict.fromkeys(row.clause for row in found))
    return tuple(sorted(found, key=lambda row: clauses.index(row.clause)))


@dataclass(frozen=True)
class _Side:
    """One result, with its requirements by id and what else differs from the baseline."""

    result: Result
    requirements: dict[str, RequirementResult]
    otherwise: Otherwise


def _row(id_: str, sides: Sequence[_Side], baseline: int, causes: Sequence[CauseRow]) -> Row:
    before = sides[baseline].requirements.get(id_)
    told = before or next(s.requirements[id_] for s in sides if id_ in s.requirements)
    found = []
    for at, side in enumerate(sides):
        now = side.requirements.get(id_)
        changed = change_of(before, now, otherwise=_listed(side.otherwise.get(id_, ())))
        broken = (n for n, c in enumerate(causes, 1) if c.findings[at] and id_ in c.requirements)
        found.append(_cell(now, side.result, changed, next(broken, 0)))
    return Row(id_, told.clause, told.level, told.text, tuple(found))


def _cell(row: RequirementResult | None, result: Result, changed: Changed, finding: int) -> Cell:
    if row is None:
        return Cell(None, *changed)
    message, shown = _shown(row, result)
    judged = [check for check in row.checks if check.status in JUDGED]
    return Cell(
        row.status,
        *changed,
        (message or row.message)[:MOST],
        len(row.checks),
        sum(check.status is not Status.PASS for check in judged),
        finding if row.status in FAILED else 0,
        shown.label[:LABEL] if shown else "",
        outcome(shown) if shown else "",
    )


def _shown(row: RequirementResult, result: Result) -> tuple[str, ExchangeSummary | None]:
    """Return what the check with the smallest request found that has the requirement's status."""
    fitting = [check for check in row.checks if check.status is row.status]
    of = witnesses if row.status in FAILED else _read
    shown = [
        (check.message, exchange)
        for check in fitting
        if (exchange := next(of(check, result.exchanges), None))
    ]
    if shown:
        return min(shown, key=lambda pair: size_of(pair[1]))
    return next((check.message for check in fitting if check.message), ""), None


def _read(check: Check, exchanges: Mapping[str, ExchangeSummary]) -> Iterator[ExchangeSummary]:
    yield from own(check, exchanges)


def _otherwise(
    requests: Sequence[Asked], slow: Sequence[SlowRow], baseline: int, at: int
) -> Otherwise:
    found: Otherwise = defaultdict(list)
    for request in requests:
        was, now = request.outcomes[baseline], request.outcomes[at]
        if was and now and was != now:
            for id_ in request.requirements:
                found[id_].append(f"{request.label[:LABEL]}: {was} → {now}")
    for row in slow:
        if row.gateway == at:
            for id_ in row.requirements:
                found[id_].append(
                    f"{row.label[:LABEL]}: {row.baseline_s:.1f} s → {row.took_s:.1f} s"
                )
    return found


def _listed(found: Sequence[str]) -> str:
    left = len(found) - 1
    return (found[0] + (f" and {left} more" if left > 0 else "")) if found else ""
