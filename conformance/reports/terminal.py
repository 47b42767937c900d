"""Draws the summary that a run ends with: the verdict first, then what to look at."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from conformance.reports import words
from conformance.reports.counting import count_statuses
from conformance.reports.progress import Progress, progress
from conformance.reports.text import clip, headline, one_line, plural, seconds, visible
from conformance.result.model import Status, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from conformance.result.model import Check, RequirementResult, Result

__all__ = ["Progress", "progress", "summary", "use_color", "use_unicode"]

NARROWEST = 40
WIDEST = 120
MOST = 20
BRIEF = 8
BRIEFEST = 3
CHECKS_SHOWN = 3
DETAILED = (Status.FAIL, Status.ERROR, Status.FLAKY)
_HEADINGS = {
    Status.FAIL: "Failures",
    Status.ERROR: "Errors of the suite",
    Status.FLAKY: "Flaky",
    Status.WARN: "Warnings",
    Status.UNTESTABLE: "Untestable",
}
_COLORS = {
    Status.PASS: "32",
    Status.FAIL: "31",
    Status.ERROR: "35",
    Status.FLAKY: "35",
    Status.WARN: "33",
    Verdict.CONFORMANT: "1;32",
    Verdict.NONCONFORMANT: "1;31",
    Verdict.INCOMPLETE: "1;33",
    Verdict.PARTIAL: "1;36",
}
_ASCII: dict[str, str | int | None] = {
    **dict(zip("‘’“”–—…≤≥≈×→·✓✗‼○◐", "''\"\"--.<>~x>.+x!o/", strict=True)),
    "…": "...",
    "≤": "<=",
    "≥": ">=",
    "→": "->",
    "‼": "!!",
}


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
    page = _Page(max(NARROWEST, min(width, WIDEST)), color=color, unicode=unicode)
    lines = [*_head(result, page), "", *_counts(result, page)]
    for note in result.notes:
        lines += page.wrap(f"note: {note}", "", "  ")
    for found in result.diagnosis:
        lines += ["", page.paint("1", "What stood in the way")]
        for line in found.problem.splitlines()[:MOST]:
            lines += page.wrap(clip(line, 1_000), "  ")
        lines += page.wrap(f"whose  {found.whose}", "  ", "         ")
        lines += page.wrap(f"do     {found.what_to_do}", "  ", "         ")
    for status in _HEADINGS:
        # A run that ended early makes everything untestable, for the reason that stands above.
        if status is not Status.UNTESTABLE or not result.diagnosis:
            lines += _section(result, status, page)
    if reports:
        lines += ["", *page.wrap(f"Reports: {', '.join(reports)}", "", "         ")]
    text = "\n".join(lines) + "\n"
    return text if unicode else _ascii(text)


class _Page:
    """How wide the terminal is and what it can show."""

    def __init__(self, width: int, *, color: bool, unicode: bool) -> None:
        self.width = width
        self.color = color
        self.unicode = unicode

    def paint(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and code else text

    def wrap(self, text: str, first: str, rest: str | None = None) -> list[str]:
        """Return the text in lines of at most the width, each with its indentation."""
        clean = visible(text.replace("\n", " "))
        clean = clean if self.unicode else _ascii(clean)
        return textwrap.wrap(
            clean,
            self.width,
            initial_indent=first,
            subsequent_indent=first if rest is None else rest,
            break_on_hyphens=False,
        ) or [first.rstrip()]


def _head(result: Result, page: _Page) -> Iterator[str]:
    symbol = words.VERDICT_SYMBOLS[result.verdict]
    verdict = page.paint(_COLORS[result.verdict], f"{symbol} {result.verdict.value.upper()}")
    yield verdict
    yield from page.wrap(words.meaning(result), "  ")
    yield from page.wrap(words.next_step(result), "  ")
    yield ""
    facts = dict(words.run_facts(result))
    target = facts.get("Target", "")
    model = f", model {facts['Model']}" if "Model" in facts else ""
    yield from page.wrap(f"{one_line(target)}{one_line(model)}", "", "  ")
    yield from page.wrap(
        f"profile {result.profile}, seed {result.seed}, "
        f"{plural(result.requests, 'request')}, {plural(result.images, 'picture')}, "
        f"{seconds(result.duration_s)}",
        "",
        "  ",
    )
    yield from page.wrap(words.ledger_line(result), "", "  ")


def _counts(result: Result, page: _Page) -> Iterator[str]:
    for level, row in count_statuses(result.requirements).items():
        said = [
            page.paint(_COLORS.get(status, ""), f"{count} {words.STATUS_WORDS[status]}")
            for status in (Status.PASS, *_HEADINGS, Status.NOT_APPLICABLE, Status.NOT_SELECTED)
            if (count := row[status])
        ]
        yield from _flow(f"{level:<7}", said or ["none"], page)


def _flow(label: str, parts: list[str], page: _Page) -> Iterator[str]:
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


def _section(result: Result, status: Status, page: _Page) -> Iterator[str]:
    found = [r for r in result.requirements if r.status is status]
    if not found:
        return
    found.sort(key=lambda r: r.level != "MUST")
    yield ""
    yield page.paint("1", f"{_HEADINGS[status]} ({len(found)})")
    brief = BRIEFEST if result.diagnosis else BRIEF
    shown = found[: MOST if status in DETAILED else brief]
    for requirement in shown:
        yield from _requirement(requirement, result, page)
    if left := len(found) - len(shown):
        yield f"  and {left:,} more: see the report"


def _requirement(requirement: RequirementResult, result: Result, page: _Page) -> Iterator[str]:
    status = requirement.status
    symbol = words.SYMBOLS[status]
    title = f"{requirement.id}  {requirement.level}  {one_line(requirement.text, 400)}"
    first, *rest = page.wrap(title, f"  {symbol} ", "    ")
    yield first.replace(symbol, page.paint(_COLORS.get(status, ""), symbol), 1)
    yield from rest
    concerned = [c for c in requirement.checks if c.status is status]
    if not concerned and requirement.message:
        yield from page.wrap(headline(requirement.message), "      ")
    limit = CHECKS_SHOWN if status in DETAILED else 1
    for check in concerned[:limit]:
        yield from _check(check, result, page, brief=status not in DETAILED)
    if left := len(concerned) - len(concerned[:limit]):
        yield f"      and {plural(left, 'more check')}"


def _check(check: Check, result: Result, page: _Page, *, brief: bool) -> Iterator[str]:
    said = headline(check.message) or words.STATUS_MEANINGS[check.status]
    expected, comma, got = said.partition(", got ")
    if comma and not brief:
        yield from page.wrap(expected, "      ", "               ")
        yield from page.wrap(f"got      {got}", "      ", "               ")
    else:
        yield from page.wrap(said, "      ")
    if brief or not check.exchanges:
        return
    exchange = result.exchanges.get(check.exchanges[0])
    label = one_line(exchange.label, 120) if exchange else check.exchanges[0]
    left = len(check.exchanges) - 1
    more = f" and {left:,} more" if left else ""
    yield from page.wrap(f"request  {label}{more}", "      ", "               ")
    if again := words.replay(result, check.exchanges[0]):
        yield from page.wrap(f"again    {one_line(again)}", "      ", "               ")


def _ascii(text: str) -> str:
    plain = text.translate(str.maketrans(_ASCII))
    return plain.encode("ascii", "backslashreplace").decode("ascii")
