"""The words that every report of a comparison uses."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from conformance.compare.changes import JUDGED
from conformance.compare.model import Change, Seen
from conformance.compare.recorded import gist
from conformance.compare.shown import listed
from conformance.reports.text import clip, one_line, plural
from conformance.reports.text import headline as headline_of
from conformance.result.model import WORST_FIRST, Status

__all__ = ["WORST_FIRST", "listed"]

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.compare.model import (
        CauseRow,
        Cell,
        Comparison,
        Gateway,
        ObservationRow,
        Premise,
        RequestRow,
        Row,
        Tally,
        Timing,
    )

CHANGE_WORDS = {
    Change.WORSE: "worse",
    Change.LOST: "lost",
    Change.BETTER: "better",
    Change.OTHER: "other",
    Change.ONE_SIDE: "judged by one side only",
    Change.NEITHER: "judged by neither",
    Change.SAME: "same",
}
CHANGE_MEANINGS = {
    Change.WORSE: "both judged it, and it got worse",
    Change.LOST: "it passed at the baseline, and could not be tested here",
    Change.BETTER: "both judged it, and it got better",
    Change.OTHER: "the status is the same, the answers or their times are not",
    Change.ONE_SIDE: "only one run judged it, so that it is neither better nor worse",
    Change.NEITHER: "neither run judged it",
    Change.SAME: "both judged it alike",
}
CHANGE_SYMBOLS = {
    Change.WORSE: "▼",
    Change.LOST: "▽",
    Change.BETTER: "▲",
    Change.OTHER: "≠",
    Change.ONE_SIDE: "◐",
    Change.NEITHER: "",
    Change.SAME: "",
}
# What a reader looks at first, in this order.
TOLD = (Change.WORSE, Change.LOST, Change.BETTER)
SEEN_WORDS = {
    Seen.NEW: "new",
    Seen.GONE: "gone",
    Seen.SAME: "the same",
    Seen.UNSEEN: "only one run could see it",
    Seen.ABSENT: "not there",
}
VALUE = 60
_LOST = "could not be tested any more"
# Of these a reader wants to know what was found.
TOLD_STATUSES = (Status.FAIL, Status.WARN, Status.FLAKY, Status.ERROR, Status.UNTESTABLE)
_ID = re.compile(r" \[[0-9a-f]{12}\]")


def others(comparison: Comparison) -> Iterator[tuple[int, Gateway]]:
    """Yield the gateways that are compared with the baseline, each with its place."""
    for at, gateway in enumerate(comparison.gateways):
        if at != comparison.baseline:
            yield at, gateway


def baseline(comparison: Comparison) -> Gateway:
    """Return the gateway that the others are compared with."""
    return comparison.gateways[comparison.baseline]


def title(comparison: Comparison) -> str:
    """Say what is compared with what."""
    rest = [one_line(gateway.name) for _, gateway in others(comparison)]
    named = rest[0] if len(rest) == 1 else f"{len(rest)} gateways"
    return f"{named} compared with {one_line(baseline(comparison).name)}"


def headline(comparison: Comparison) -> str:
    """Say in one sentence what is worse, lost and better, and at which gateways."""
    said = [text for change in TOLD if (text := _told(comparison, change))]
    if not any(g.changes.get(Change.WORSE.value) for g in comparison.gateways):
        said.insert(0, "nothing is worse")
    text = "; ".join(said)
    return f"{text[:1].upper()}{text[1:]}."


def _told(comparison: Comparison, change: Change) -> str:
    """Say how many requirements have a change at one gateway or more, and at which; "" for none."""
    rows = sum(any(cell.change is change for cell in row.cells) for row in comparison.rows)
    names = [one_line(g.name) for _, g in others(comparison) if g.changes.get(change.value)]
    if not rows:
        return ""
    verb = _LOST if change is Change.LOST else f"{'is' if rows == 1 else 'are'} {change.value}"
    where = f" at {listed(names)}" if len(comparison.gateways) > 2 else ""  # noqa: PLR2004 - a pair needs no names
    return f"{plural(rows, 'requirement')} {verb}{where}"


def counts(gateway: Gateway) -> list[tuple[Change, int]]:
    """Return how many requirements of a gateway have each change, leaving out what none has."""
    return [(change, n) for change in Change if (n := gateway.changes.get(change, 0))]


def judged(tally: Tally) -> str:
    """Return how many requirements of a level were met, of those that were judged or should have been."""
    of = tally.passed + tally.failed + tally.unsettled
    return f"{tally.passed}/{of}" if of else "–"


def pace(timing: Timing) -> str:
    """Return how a gateway's times are to the baseline's, if the difference is notable: `×3.5`."""
    if not timing.notable:
        return ""
    return f"×{timing.ratio:.1f}" if timing.ratio >= 0.95 else f"×{timing.ratio:.2f}"  # noqa: PLR2004 - two figures


def premise(found: Premise, comparison: Comparison) -> str:
    """Say in what the runs differ, who has which value, and what follows of it."""
    if found.subject == "ended early":
        return f"{found.text}: {one_line(next(filter(None, found.values)), 200)}"
    groups: dict[str, list[str]] = {}
    for value, gateway in zip(found.values, comparison.gateways, strict=True):
        groups.setdefault(value, []).append(one_line(gateway.name))
    told = "; ".join(f"{one_line(v, VALUE)} ({listed(names)})" for v, names in groups.items())
    return f"{found.subject}: {told}: {found.text}"


def changed(comparison: Comparison, at: int, change: Change) -> list[tuple[Row, Cell]]:
    """Return the requirements with this change at one gateway: MUST before SHOULD."""
    found = [(row, row.cells[at]) for row in comparison.rows if row.cells[at].change is change]
    return sorted(found, key=lambda pair: pair[0].level != "MUST")


def seen(comparison: Comparison, at: int, kind: Seen) -> list[CauseRow]:
    """Return the causes that stand so at one gateway."""
    return [cause for cause in comparison.causes if cause.seen[at] is kind]


def answers(comparison: Comparison, at: int) -> list[tuple[RequestRow, str, str]]:
    """Return the requests that a gateway answered otherwise than the baseline, with both outcomes."""
    pairs = (
        (row, row.outcomes[comparison.baseline], row.outcomes[at]) for row in comparison.requests
    )
    return [(row, was, now) for row, was, now in pairs if was and now and was != now]


def codes(found: Iterable[tuple[RequestRow, str, str]]) -> list[tuple[str, int, str]]:
    """Return each change of a status code with how often it is seen, and one label: `400 → 422`."""
    count: Counter[str] = Counter()
    labels: dict[str, str] = {}
    for row, was, now in found:
        count[f"{was} → {now}"] += 1
        labels.setdefault(f"{was} → {now}", one_line(row.label, VALUE))
    return [(code, number, labels[code]) for code, number in count.most_common()]


def differs(row: Row) -> bool:
    """Return whether gateways that were judged do not all stand alike in a requirement."""
    judged_so = {cell.status for cell in row.cells if cell.status in JUDGED}
    return len(judged_so) > 1 or any(c.change in (*TOLD, Change.OTHER) for c in row.cells)


def found(cell: Cell, limit: int = 160) -> str:
    """Return what was found where a requirement is not met: without the body of the answer."""
    said = headline_of(cell.message, 4 * limit)
    for start in (": {", ": [", ": <"):
        said = said.partition(start)[0]
    told = cell.request in said or _ID.search(said)
    shown = "" if told else f"{one_line(cell.request, VALUE)}: "
    return one_line(f"{shown}{_ID.sub('', said)}", limit) if said else ""


def reason(cell: Cell) -> str:
    """Return what a change comes from, in one line."""
    return clip(one_line(cell.why, 200), 200)


def recorded(comparison: Comparison, at: int) -> list[ObservationRow]:
    """Return what a gateway and the baseline recorded differently."""
    pairs = ((row, row.said[comparison.baseline], row.said[at]) for row in comparison.observations)
    return [
        row for row, was, now in pairs if was and now and gist(row.case, was) != gist(row.case, now)
    ]


def told(comparison: Comparison) -> dict[str, int]:
    """Return how many gateways have each verdict."""
    return dict(Counter(gateway.verdict.value for gateway in comparison.gateways))
