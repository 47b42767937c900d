"""What the HTML report shows of one finding, worked out for the template."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from conformance.reports import words
from conformance.reports.text import clip, one_line, seconds

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from conformance.result.exchange_summary import ExchangeSummary
    from conformance.result.finding import Finding
    from conformance.result.model import Result

MOST_ROWS = 200
MOST_HINTS = 3
MOST_DIFFERENCES = 3


class Seen(NamedTuple):
    """One request that shows a finding, as a row of its table."""

    id: str
    label: str
    differs: str
    outcome: str
    time: str
    linked: bool


def hints(finding: Finding, result: Result) -> list[str]:
    """Return where the fix of a finding usually belongs: what its requirements say, each once."""
    rows = {r.id: r for r in result.requirements}
    found = [rows[id_].hint for id_ in finding.requirements if id_ in rows]
    return list(dict.fromkeys(hint for hint in found if hint))[:MOST_HINTS]


def row(
    id_: str,
    exchange: ExchangeSummary | None,
    differs: Sequence[tuple[str, str, str]],
    drawn: Collection[str],
) -> Seen:
    """Return the row of one request; one that the result does not hold has its id alone.

    Args:
        id_: the exchange's id.
        exchange: the exchange, if the result holds it.
        differs: in what it differs from its control: a name, what is here, and what is there.
        drawn: the ids of the exchanges that the report draws, so that a link leads there.
    """
    if exchange is None:
        return Seen(id_, "in the evidence", "", "", "", linked=False)
    told = [f"{name}: {one_line(here, 60)}" for name, here, _ in differs[:MOST_DIFFERENCES]]
    if len(differs) > MOST_DIFFERENCES:
        told.append(f"{len(differs) - MOST_DIFFERENCES} more")
    return Seen(
        id_,
        clip(one_line(exchange.label, 160), 160),
        ", ".join(told),
        words.outcome(exchange),
        seconds(exchange.elapsed_s),
        linked=id_ in drawn,
    )
