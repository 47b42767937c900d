"""Draws the summary that a run ends with: the verdict first, then what to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reports import scope, terminal_findings, waiver_words, words
from conformance.reports.counting import count_statuses
from conformance.reports.page import COLORS, Page, to_ascii
from conformance.reports.progress import Progress, progress
from conformance.reports.text import clip, headline, obeyed_by_none, one_line, plural, seconds
from conformance.result.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from conformance.result.model import RequirementResult, Result

__all__ = ["Progress", "progress", "summary", "use_color", "use_unicode"]

NARROWEST = 40
WIDEST = 120
MOST = 20
BRIEF = 8
BRIEFEST = 3
CHECKS_SHOWN = 3
# What is no finding about the gateway.
_HEADINGS = {Status.ERROR: "Errors of the suite", Status.UNTESTABLE: "Untestable"}
_COUNTED = (Status.PASS, Status.FAIL, Status.ERROR, Status.FLAKY, Status.WARN, Status.UNTESTABLE)


def use_color(stream: TextIO, environ: dict[str, str]) -> bool:
    """Return whether to write color: to a terminal that is not dumb, without NO_COLOR."""
    return stream.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def use_unicode(stream: TextIO) -> bool:
    """Return whether a stream can show the symbols of the summary."""
    try:
        "".join(words.SYMBOLS.values()).encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def summary(
    result: Result,
    width: int,
    color: bool,  # noqa: FBT001 - the interface that callers were given
    *,
    unicode: bool = True,
    reports: tuple[str, ...] = (),
) -> str:
    """Return the summary of a run for a terminal.

    Args:
        result: what to sum up.
        width: how many columns there are.
        color: whether to write escape codes for color.
        unicode: whether symbols beyond ASCII can be shown.
        reports: the paths of the reports that were written.
    """
    page = Page(max(NARROWEST, min(width, WIDEST)), color=color, unicode=unicode)
    lines = [*_head(result, page), "", *_counts(result, page)]
    for note in result.notes:
        lines += page.wrap(f"note: {note}", "", "  ")
    for found in result.diagnosis:
        lines += ["", page.paint("1", "What stood in the way")]
        for line in found.problem.splitlines()[:MOST]:
            lines += page.wrap(clip(line, 1_000), "  ")
        lines += page.wrap(f"whose  {found.whose}", "  ", "         ")
        lines += page.wrap(f"do     {found.what_to_do}", "  ", "         ")
    lines += terminal_findings.section(result, page)
    lines += _waivers(result, page)
    for status in _HEADINGS:
        # A run that ended early makes everything untestable, for the reason that stands above.
        if status is not Status.UNTESTABLE or not result.diagnosis:
            lines += _section(result, status, page)
    if result.findings:
        # The first lines have left the screen by now.
        lines += ["", _verdict(result, page), "  Start with finding 1, above."]
    if reports:
        lines += ["", *page.wrap(f"Reports: {', '.join(reports)}", "", "         ")]
    text = obeyed_by_none("\n".join(lines) + "\n")
    return text if unicode else to_ascii(text)


def _verdict(result: Result, page: Page) -> str:
    symbol = words.VERDICT_SYMBOLS[result.verdict]
    verdict = page.paint(COLORS[result.verdict], f"{symbol} {result.verdict.value.upper()}")
    return verdict + waiver_words.count(result)


def _head(result: Result, page: Page) -> Iterator[str]:
    yield _verdict(result, page)
    yield from page.wrap(words.meaning(result), "  ")
    if waived := waiver_words.meaning(result):
        yield from page.wrap(waived, "  ")
    yield from page.wrap(words.next_step(result), "  ")
    yield from page.wrap(f"scope: {scope.line(result)}", "  ", "         ")
    yield ""
    facts = dict(words.run_facts(result))
    target = facts.get("Target", "")
    model = f", model {facts['Model']}" if "Model" in facts else ""
    yield from page.wrap(f"{one_line(target)}{one_line(model)}", "", "  ")
    demanded = one_line(scope.requirement_set(result), 40)
    requirements = f"requirements {demanded}, " if demanded else ""
    yield from page.wrap(
        f"profile {result.profile}, {requirements}seed {result.seed}, "
        f"{plural(result.requests, 'request')}, {plural(result.images, 'picture')}, "
        f"{seconds(result.duration_s)}",
        "",
        "  ",
    )
    yield from page.wrap(words.ledger_line(result), "", "  ")


def _counts(result: Result, page: Page) -> Iterator[str]:
    for level, row in count_statuses(result.requirements).items():
        said = [
            page.paint(COLORS.get(status, ""), f"{count} {words.STATUS_WORDS[status]}{apart}")
            for status in (*_COUNTED, Status.NOT_APPLICABLE, Status.NOT_SELECTED)
            if (count := row[status])
            for waived in (waiver_words.waived_of(result, level, status),)
            for apart in (f" ({waived} waived)" if waived else "",)
        ]
        yield from _flow(f"{level:<7}", said or ["none"], page)


def _flow(label: str, parts: list[str], page: Page) -> Iterator[str]:
    """Yield the parts side by side, in as many lines as the width asks for."""
    line, used = label, len(label)
    for part in parts:
        length = len(part) - (len("\x1b[32m\x1b[0m") if part.startswith("\x1b") else 0)
        if used > len(label) and used + 2 + length > page.width:
            yield line
            line, used = " " * len(label), len(label)
        gap = "" if used == len(label) else "  "
        line, used = line + gap + part, used + len(gap) + length
    yield line


def _waivers(result: Result, page: Page) -> Iterator[str]:
    """Yield each waiver that was given, with what became of it."""
    if rows := waiver_words.rows(result):
        yield ""
        yield page.paint("1", f"Waivers ({len(rows)})")
    for id_, state, said in rows[:MOST]:
        yield from page.wrap(
            f"{one_line(id_, 100)}  {state}; {one_line(said, 600)}", "  ", "      "
        )
    if left := len(rows) - len(rows[:MOST]):
        yield f"  and {left:,} more: see the report"


def _section(result: Result, status: Status, page: Page) -> Iterator[str]:
    found = [r for r in result.requirements if r.status is status]
    if not found:
        return
    found.sort(key=lambda r: r.level != "MUST")
    yield ""
    yield page.paint("1", f"{_HEADINGS[status]} ({len(found)})")
    brief = BRIEFEST if result.diagnosis else BRIEF
    shown = found[: MOST if status is Status.ERROR else brief]
    for requirement in shown:
        yield from _requirement(requirement, page)
    if left := len(found) - len(shown):
        yield f"  and {left:,} more: see the report"


def _requirement(requirement: RequirementResult, page: Page) -> Iterator[str]:
    status = requirement.status
    symbol = words.SYMBOLS[status]
    demand = f" ({one_line(requirement.demand)})" if requirement.demand else ""
    title = f"{requirement.id}  {requirement.level}{demand}  {one_line(requirement.text, 400)}"
    first, *rest = page.wrap(title, f"  {symbol} ", "    ")
    yield first.replace(symbol, page.paint(COLORS.get(status, ""), symbol), 1)
    yield from rest
    concerned = [c for c in requirement.checks if c.status is status]
    if not concerned and requirement.message:
        yield from page.wrap(headline(requirement.message), "      ")
    limit = CHECKS_SHOWN if status is Status.ERROR else 1
    for check in concerned[:limit]:
        yield from page.wrap(headline(check.message) or words.STATUS_MEANINGS[status], "      ")
    if left := len(concerned) - len(concerned[:limit]):
        yield f"      and {plural(left, 'more check')}"
