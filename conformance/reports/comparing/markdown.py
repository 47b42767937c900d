"""Draws a comparison as Markdown, fit for a comment on a pull request.

GitHub takes at most 65,536 characters. Texts of gateways and of operators are written so that no
reader of Markdown takes them for a mark, a tag, a link or a mention.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.compare.model import Change, Seen
from conformance.reports.comparing import words
from conformance.reports.marked import text
from conformance.reports.text import plural
from conformance.reports.words import VERDICT_SYMBOLS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.compare.model import Comparison, Gateway

LONGEST = 60_000
MOST, MOST_ELSE = 30, 40
LEFT_OUT = "\n\n*The rest is left out here: see `comparison.html`.*\n"


def render(comparison: Comparison) -> str:
    """Return a comparison as Markdown."""
    bad = any(g.changes.get(Change.WORSE.value) for g in comparison.gateways)
    lost = any(g.changes.get(Change.LOST.value) for g in comparison.gateways)
    mark = "✗" if bad else "?" if lost else "✓"
    parts = [
        f"### {mark} Image Variations Conformance: {text(words.title(comparison))}",
        f"**{text(words.headline(comparison), 600)}**",
        "\n".join(_gateways(comparison)),
        "\n".join(f"- {text(words.premise(p, comparison), 600)}" for p in comparison.premises),
    ]
    for at, gateway in words.others(comparison):
        parts += _gateway(comparison, at, gateway)
    return _bounded(parts)


def _bounded(parts: list[str]) -> str:
    """Put the parts together as far as they fit; none is cut in the middle."""
    whole = ""
    for part in filter(None, parts):
        if len(whole) + len(part) > LONGEST:
            return whole.rstrip() + LEFT_OUT
        whole += f"{part}\n\n"
    return whole.rstrip() + "\n"


def _gateways(comparison: Comparison) -> Iterator[str]:
    marks = (*words.TOLD, Change.OTHER, Change.ONE_SIDE)
    named = " | ".join(f"{words.CHANGE_SYMBOLS[m]} {words.CHANGE_WORDS[m]}" for m in marks)
    yield f"| gateway | verdict | MUST | SHOULD | findings | {named} | time |"
    yield "|---|---|--:|--:|--:|" + "--:|" * (len(marks) + 1)
    for at, gateway in enumerate(comparison.gateways):
        tallies = {t.level: words.judged(t) for t in gateway.tallies}
        verdict = f"{VERDICT_SYMBOLS[gateway.verdict]} {gateway.verdict.value}"
        start = f"| {text(gateway.name)} | {verdict} | {tallies.get('MUST', '–')} | {tallies.get('SHOULD', '–')} | {gateway.findings} |"
        if at == comparison.baseline:
            yield start + " baseline |" + "  |" * len(marks)
            continue
        cells = (gateway.changes.get(m.value, 0) for m in marks)
        yield start + "".join(f" {n or '·'} |" for n in cells) + f" {words.pace(gateway.timing)} |"


def _gateway(comparison: Comparison, at: int, gateway: Gateway) -> Iterator[str]:
    """Yield the parts that tell of one gateway; nothing for one that stands as the baseline does."""
    sections = [part for change in words.TOLD if (part := _changes(comparison, at, change))]
    sections += [
        part
        for kind in (Seen.NEW, Seen.GONE, Seen.UNSEEN)
        if (part := _causes(comparison, at, kind))
    ]
    folded = _elsewhere(comparison, at, gateway)
    if not sections and not folded:
        return
    yield f"#### {text(gateway.name)}"
    yield from sections
    if folded:
        yield folded


def _changes(comparison: Comparison, at: int, change: Change) -> str:
    found = words.changed(comparison, at, change)
    if not found:
        return ""
    lines = [
        f"**{words.CHANGE_SYMBOLS[change]} {words.CHANGE_WORDS[change].capitalize()}**: {plural(len(found), 'requirement')}",
        "",
        "| requirement | | what it demands | found |",
        "|---|---|---|---|",
    ]
    for row, cell in found[:MOST]:
        said = "" if change is Change.BETTER else text(words.found(cell))
        lines.append(
            f"| {text(row.id)} {text(row.level)} | {text(words.reason(cell))} | {text(row.text)} | {said} |"
        )
    if left := max(0, len(found) - MOST):
        lines.append(f"| | | and {left:,} more | |")
    return "\n".join(lines)


def _causes(comparison: Comparison, at: int, kind: Seen) -> str:
    found = words.seen(comparison, at, kind)
    lines = [
        f"- {text(c.cause, 400)} ({text(', '.join(c.requirements[:8]))})" for c in found[:MOST]
    ]
    if left := max(0, len(found) - MOST):
        lines.append(f"- and {left:,} more")
    word = words.SEEN_WORDS[kind].capitalize()
    return "\n".join([f"**Findings: {word}**", "", *lines]) if found else ""


def _elsewhere(comparison: Comparison, at: int, gateway: Gateway) -> str:
    """Return what else is other, folded; "" if nothing is."""
    lines = [
        f"- {text(code)} for {plural(number, 'request')}, as {text(label)}"
        for code, number, label in words.codes(words.answers(comparison, at))
    ]
    if gateway.timing.notable:
        lines.append(
            f"- time {words.pace(gateway.timing)} for {gateway.timing.requests:,} requests"
        )
    lines += [
        f"- {text(row.label)}: {row.baseline_s:.1f} s → {row.took_s:.1f} s"
        for row in comparison.slow
        if row.gateway == at
    ]
    lines += [
        f"- {text(row.id)}: {text(row.said[comparison.baseline], 120)} → {text(row.said[at], 120)}"
        for row in words.recorded(comparison, at)
    ]
    if not lines:
        return ""
    more = [f"- and {len(lines) - MOST_ELSE:,} more"] if len(lines) > MOST_ELSE else []
    title = f"{words.CHANGE_SYMBOLS[Change.OTHER]} Other: answers, times and observations"
    return "\n".join(
        [f"<details><summary>{title}</summary>", "", *lines[:MOST_ELSE], *more, "", "</details>"]
    )
