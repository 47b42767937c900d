"""Draws the findings on a terminal: each cause once, with the smallest request that shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reports import finding_words, waiver_words, words
from conformance.reports.page import COLORS
from conformance.reports.text import one_line, plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.reports.page import Page
    from conformance.result.model import Finding, Result

# More than these fit on no two screens; the report has all.
DETAILED = 8
BRIEF = 8
IDS_SHOWN = 12
GOT_SHOWN = 100
INDENT = " " * 7
HANGING = " " * 17


def section(result: Result, page: Page) -> Iterator[str]:
    """Yield the lines of the findings: what breaks a MUST in full, what only warns in brief."""
    numbered = list(enumerate(result.findings, 1))
    broken = [(n, f) for n, f in numbered if finding_words.breaks(f)]
    warned = [(n, f) for n, f in numbered if not finding_words.breaks(f)]
    if broken:
        yield ""
        yield from (page.paint("1", line) for line in page.wrap(finding_words.title(result), ""))
        for number, finding in broken[:DETAILED]:
            yield from _heading(number, finding, page)
            yield from _details(finding, result, page)
        for number, finding in broken[DETAILED:]:
            yield from _brief(number, finding, page)
    if warned:
        yield ""
        yield page.paint("1", f"Warnings ({len(warned)})")
        for number, finding in warned[:BRIEF]:
            yield from _brief(number, finding, page)
        if (left := len(warned) - BRIEF) > 0:
            yield f"  and {left:,} more: see the report"


def _heading(number: int, finding: Finding, page: Page) -> Iterator[str]:
    symbol = words.SYMBOLS[finding.status]
    first, *rest = page.wrap(one_line(finding.cause, 400), f"  {symbol} {number:<2} ", INDENT)
    yield first.replace(symbol, page.paint(COLORS[finding.status], symbol), 1)
    yield from rest


def _brief(number: int, finding: Finding, page: Page) -> Iterator[str]:
    symbol = words.SYMBOLS[finding.status]
    text = f"{ids(finding.requirements)}: {one_line(finding.cause, 400)}"
    first, *rest = page.wrap(text, f"  {symbol} {number:<2} ", INDENT)
    yield first.replace(symbol, page.paint(COLORS[finding.status], symbol), 1)
    yield from rest


def _details(finding: Finding, result: Result, page: Page) -> Iterator[str]:
    rows = [("breaks", f"{ids(finding.requirements)} ({plural(len(finding.checks), 'check')})")]
    if finding.waived:
        rows.append(("waived", one_line(waiver_words.terms(finding.waived), 600)))
    if finding.decided_by:
        rows.append(("whose", finding_words.DECIDED[finding.decided_by]))
    if finding.expected and not finding.cause.startswith("Expected "):
        rows.append(("expected", one_line(finding.expected)))
        rows.append(("got", one_line(finding.got, GOT_SHOWN)))
    if finding.exchanges:
        rows.append(("request", finding_words.witnesses(finding, result)))
        rows.append(("again", one_line(words.replay(result, finding.exchanges[0]))))
    if finding.key:
        rows.append(("key", one_line(finding.key)))
    if finding.explains:
        rows.append(("left open", f"{ids(finding.explains)} could not be judged because of it"))
    for name, text in rows:
        if text:
            yield from page.wrap(f"{name:<10}{text}", INDENT, HANGING)


def ids(found: tuple[str, ...]) -> str:
    """Return ids in one line, and how many more there are."""
    left = len(found) - IDS_SHOWN
    return ", ".join(found[:IDS_SHOWN]) + (f" and {left} more" if left > 0 else "")
