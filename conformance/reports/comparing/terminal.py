"""Draws a comparison for a terminal: what became worse first, and who."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.compare.model import Change, Seen
from conformance.reports.comparing import words
from conformance.reports.page import COLORS, Page, to_ascii
from conformance.reports.text import obeyed_by_none, one_line, plural
from conformance.reports.words import STATUS_WORDS, SYMBOLS, VERDICT_SYMBOLS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.compare.model import Cell, Comparison, Gateway, Row

NARROWEST, WIDEST, USUAL = 60, 120, 80
PAIR, FIELD = 20, 5
MATRIX = 60
NAME = 22
CAUSES, CODES, TIMES, RECORDED = 8, 8, 5, 3
CHANGE_COLORS = {
    Change.WORSE: "31",
    Change.LOST: "35",
    Change.BETTER: "32",
    Change.OTHER: "33",
}
_HEADINGS = {Change.WORSE: "Worse", Change.LOST: "Lost", Change.BETTER: "Better"}


def render(
    comparison: Comparison,
    width: int = USUAL,
    *,
    color: bool = False,
    unicode: bool = True,
    files: tuple[str, ...] = (),
) -> str:
    """Return a comparison as text.

    Args:
        comparison: what to draw.
        width: how many columns there are.
        color: whether to write escape codes for color.
        unicode: whether symbols beyond ASCII can be shown.
        files: the paths of what was written.
    """
    page = Page(max(NARROWEST, min(width, WIDEST)), color=color, unicode=unicode)
    lines = [page.paint("1", line) for line in page.wrap(words.title(comparison), "")]
    bad = any(g.changes.get(Change.WORSE.value) for g in comparison.gateways)
    color_code = CHANGE_COLORS[Change.WORSE if bad else Change.BETTER]
    lines += [page.paint(color_code, line) for line in page.wrap(words.headline(comparison), "  ")]
    lines += ["", *_gateways(comparison, page)]
    for found in comparison.premises:
        lines += page.wrap(f"note: {words.premise(found, comparison)}", "", "  ")
    many = len(comparison.gateways) > 2  # noqa: PLR2004 - a pair is told line by line
    if many:
        lines += _matrix(comparison, page)
    for at, gateway in words.others(comparison):
        lines += _gateway(comparison, at, gateway, page, FIELD if many else PAIR)
    if files:
        lines += ["", *page.wrap(f"Comparison: {', '.join(files)}", "", "            ")]
    text = obeyed_by_none("\n".join(line.rstrip() for line in lines) + "\n")
    return text if unicode else to_ascii(text)


def _gateways(comparison: Comparison, page: Page) -> Iterator[str]:
    """Yield the table of the gateways: verdict, what was met of what was judged, changes, times."""
    names = [one_line(g.name, NAME) for g in comparison.gateways]
    wide = max(len(name) for name in (*names, "gateway"))
    marks = (*words.TOLD, Change.OTHER)
    head = f"{'':4}{'gateway':<{wide}}  {'verdict':<15} {'MUST':>7} {'SHOULD':>7} "
    yield head + "".join(f"{words.CHANGE_SYMBOLS[m]:>4}" for m in marks) + f"{'time':>7}"
    for at, (name, gateway) in enumerate(zip(names, comparison.gateways, strict=True)):
        tallies = {t.level: words.judged(t) for t in gateway.tallies}
        verdict = f"{VERDICT_SYMBOLS[gateway.verdict]} {gateway.verdict.value}"
        said = page.paint(COLORS[gateway.verdict], f"{verdict:<15}")
        line = f"{at + 1:>3} {name:<{wide}}  {said} {tallies.get('MUST', ''):>7} {tallies.get('SHOULD', ''):>7} "
        if at == comparison.baseline:
            yield f"{line}   baseline"
            continue
        counted = (gateway.changes.get(m.value, 0) for m in marks)
        yield (
            line
            + "".join(f"{n or '·':>4}" for n in counted)
            + f"{words.pace(gateway.timing) or '·':>7}"
        )
    yield "    " + "  ".join(f"{words.CHANGE_SYMBOLS[m]} {words.CHANGE_WORDS[m]}" for m in marks)


def _matrix(comparison: Comparison, page: Page) -> Iterator[str]:
    """Yield a line for each requirement in which the statuses that judge differ, as a table."""
    found = [row for row in comparison.rows if _is_told(row)]
    if not found:
        return
    numbers = "".join(f"{at + 1:>3}" for at in range(len(comparison.gateways)))
    yield ""
    yield page.paint("1", f"Where they differ ({plural(len(found), 'requirement')})")
    yield f"  {'':14}{'':7}{numbers}"
    for row in found[:MATRIX]:
        yield f"  {one_line(row.id, 13):<14}{one_line(row.level, 6):<7}" + "".join(
            _symbol(cell, page) for cell in row.cells
        )
    if left := len(found) - MATRIX:
        yield from [f"  and {left:,} more: see --format html"] * (left > 0)
    shown = dict.fromkeys(c.status for row in found for c in row.cells if c.status)
    yield from page.wrap("  ".join(f"{SYMBOLS[s]} {STATUS_WORDS[s]}" for s in shown), "  ")


def _is_told(row: Row) -> bool:
    return any(cell.change in words.TOLD for cell in row.cells)


def _symbol(cell: Cell, page: Page) -> str:
    symbol = SYMBOLS[cell.status] if cell.status else " "
    return "  " + page.paint(COLORS.get(cell.status, "") if cell.status else "", symbol)


def _gateway(
    comparison: Comparison, at: int, gateway: Gateway, page: Page, most: int
) -> Iterator[str]:
    yield ""
    counted = [f"{n} {words.CHANGE_WORDS[change]}" for change, n in words.counts(gateway)]
    first, *rest = page.wrap(f"{one_line(gateway.name)}: {', '.join(counted)}", "", "  ")
    yield page.paint("1", first)
    yield from rest
    for change in words.TOLD:
        found = words.changed(comparison, at, change)
        for row, cell in found[:most]:
            yield from _requirement(row, cell, page)
        if (left := len(found) - most) > 0:
            yield f"  {words.CHANGE_SYMBOLS[change]} and {left:,} more {words.CHANGE_WORDS[change]}"
    yield from _causes(comparison, at, page)
    yield from _elsewhere(comparison, at, gateway, page)


def _requirement(row: Row, cell: Cell, page: Page) -> Iterator[str]:
    symbol = words.CHANGE_SYMBOLS[cell.change]
    text = f"{row.id}  {row.level}  {words.reason(cell)}: {one_line(row.text, 400)}"
    first, *rest = page.wrap(text, f"  {symbol} ", "    ")
    yield first.replace(symbol, page.paint(CHANGE_COLORS[cell.change], symbol), 1)
    yield from rest
    if cell.change is not Change.BETTER and (said := words.found(cell)):
        yield from page.wrap(said, "      ")


def _causes(comparison: Comparison, at: int, page: Page) -> Iterator[str]:
    """Yield the findings by cause: new ones and gone ones in words, the same ones as a number."""
    for kind, sign in ((Seen.NEW, "+"), (Seen.GONE, "-"), (Seen.UNSEEN, "?")):
        found = words.seen(comparison, at, kind)
        for cause in found[:CAUSES]:
            text = f"finding, {words.SEEN_WORDS[kind]}: {one_line(cause.cause, 400)}"
            yield from page.wrap(text, f"  {sign} ", "    ")
        if (left := len(found) - CAUSES) > 0:
            yield f"  {sign} and {plural(left, 'more finding')}, {words.SEEN_WORDS[kind]}"
    if same := len(words.seen(comparison, at, Seen.SAME)):
        yield f"  = {plural(same, 'finding')} that the baseline has too"


def _elsewhere(comparison: Comparison, at: int, gateway: Gateway, page: Page) -> Iterator[str]:
    """Yield what else is other: status codes, times, and what was recorded."""
    sign = words.CHANGE_SYMBOLS[Change.OTHER]
    found = words.codes(words.answers(comparison, at))
    for code, number, label in found[:CODES]:
        times = f" for {plural(number, 'request')}, as" if number > 1 else " for"
        yield from page.wrap(f"{code}{times} {label}", f"  {sign} ", "    ")
    if (left := len(found) - CODES) > 0:
        yield f"  {sign} and {plural(left, 'more change')} of status codes"
    if gateway.timing.notable:
        text = f"time {words.pace(gateway.timing)} for {plural(gateway.timing.requests, 'request')}"
        yield from page.wrap(text, f"  {sign} ", "    ")
    rows = [row for row in comparison.slow if row.gateway == at]
    for slow in rows[:TIMES]:
        text = f"{one_line(slow.label, 80)}: {slow.baseline_s:.1f} s → {slow.took_s:.1f} s"
        yield from page.wrap(text, f"  {sign} ", "    ")
    noted = words.recorded(comparison, at)
    for said in noted[:RECORDED]:
        text = f"{said.id}: {one_line(said.said[comparison.baseline], 100)} → {one_line(said.said[at], 100)}"
        yield from page.wrap(text, f"  {sign} ", "    ")
    if (left := len(noted) - RECORDED) > 0:
        yield f"  {sign} and {plural(left, 'more observation')} that differ"
