"""Draws the findings on a terminal: each cause once, the first in full, with the lines that repeat it."""

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
PLACE_SHOWN = 400
# A longer command is none that somebody copies; the report has it.
LONGEST_COMMAND = 8_000
INDENT = " " * 7
HANGING = " " * 17


def section(result: Result, page: Page) -> Iterator[str]:
    """Yield the lines of the findings: what fails the run with details, what only warns in brief."""
    numbered = list(enumerate(result.findings, 1))
    broken = [(n, f) for n, f in numbered if finding_words.fails(f, result)]
    warned = [(n, f) for n, f in numbered if not finding_words.fails(f, result)]
    if broken:
        yield ""
        yield from (page.paint("1", line) for line in page.wrap(finding_words.title(result), ""))
        yield from page.wrap(finding_words.WHERE, "  ")
    for at, (number, finding) in enumerate(broken[:DETAILED]):
        if at < 2:  # noqa: PLR2004 - the first finding, and the second one, where the others begin
            yield from ["", page.paint("1", "Other findings" if at else "Start here")]
        yield from _heading(number, finding, page)
        yield from _details(finding, result, page, whole=at == 0)
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
    yield from _entry(number, finding, finding.cause, page)


def _brief(number: int, finding: Finding, page: Page) -> Iterator[str]:
    yield from _entry(number, finding, f"{ids(finding.requirements)}: {finding.cause}", page)


def _entry(number: int, finding: Finding, text: str, page: Page) -> Iterator[str]:
    symbol = words.SYMBOLS[finding.status]
    first, *rest = page.wrap(one_line(text, 500), f"  {symbol} {number:<2} ", INDENT)
    yield first.replace(symbol, page.paint(COLORS[finding.status], symbol), 1)
    yield from rest


def _details(finding: Finding, result: Result, page: Page, *, whole: bool) -> Iterator[str]:
    """Yield what a finding holds; of all but the first one only what is needed to mend it."""
    rows = [("breaks", f"{ids(finding.requirements)} ({plural(len(finding.checks), 'check')})")]
    if whole:
        rows.append(("to users", finding_words.harm(finding)))
        rows += [("demands", r.text) for r in finding_words.requirements(finding, result)[:1]]
    if finding.waived:
        rows.append(("waived", waiver_words.terms(finding.waived)))
    if finding.decided_by:
        rows.append(("whose", finding_words.DECIDED.get(finding.decided_by, "")))
    if finding.expected and not finding.cause.startswith("Expected "):
        rows.append(("expected", finding.expected))
        rows.append(("got", one_line(finding_words.without_blobs(finding.got), GOT_SHOWN)))
    if finding.exchanges:
        rows.append(("requests", _requests(finding, result)))
    rows += [
        ("left open", finding_words.explained(finding, IDS_SHOWN)),
        ("fix", finding_words.place(finding, result)),
        ("key", finding.key),
    ]
    for name, text in rows:
        if text:
            yield from page.wrap(f"{name:<10}{one_line(text, PLACE_SHOWN)}", INDENT, HANGING)
    yield from commands(finding, result, page)


def commands(finding: Finding, result: Result, page: Page) -> Iterator[str]:
    """Yield the commands that repeat a finding, each whole in one line, so that it can be copied."""
    curl = finding_words.curl(finding, result)
    again = words.replay(result, finding.exchanges[0]) if finding.exchanges else ""
    for command in (curl, finding_words.one_command(again)):
        if command and len(command) <= LONGEST_COMMAND:
            yield page.whole(command, INDENT)


def _requests(finding: Finding, result: Result) -> str:
    """Say which request is the smallest one, and how many show the finding."""
    shown = finding_words.smallest(finding, result)
    label = one_line(shown.label, 120) if shown else finding.exchanges[0]
    many = len(finding.exchanges)
    return f"{label} ({f'the smallest of {many:,}' if many > 1 else 'the only one'})"


def ids(found: tuple[str, ...]) -> str:
    """Return ids in one line, and how many more there are."""
    left = len(found) - IDS_SHOWN
    return ", ".join(found[:IDS_SHOWN]) + (f" and {left} more" if left > 0 else "")
