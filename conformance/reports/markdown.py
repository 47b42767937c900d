"""Draws `report.md`: what a person reads first, fit for a step summary, a comment or an issue.

GitHub takes at most 1 MiB for a step summary. Texts of gateways and of operators are written by
`marked`, so that they show and do nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reports import finding_words, scope, waiver_words, words
from conformance.reports.counting import count_statuses
from conformance.reports.marked import block, bounded, text
from conformance.reports.text import one_line, plural, seconds
from conformance.result.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.result.model import Finding, Result

LONGEST = 900_000
LEFT_OUT = "*The rest is left out here: see `report.html`.*"
DETAILED, BRIEF, IDS, NOTES = 60, 200, 40, 30
LONG, GOT, ANSWER, COMMAND = 600, 200, 1_500, 16_000
_UNJUDGED = (Status.ERROR, Status.UNTESTABLE, Status.NOT_APPLICABLE, Status.NOT_SELECTED)


def render(result: Result) -> str:
    """Return the report of a run as Markdown, of at most `LONGEST` bytes."""
    return bounded(_parts(result), LONGEST, LEFT_OUT)


def issue(finding: Finding, result: Result) -> str:
    """Return one finding as the Markdown of an issue: cause, requirements, request, answer, origin.

    It stands by itself: who reads it needs no report. The first line is a heading that can be the title.
    """
    known = dict(words.run_facts(result))
    names = ("Target", "Model", "Profile", "Seed", "Suite", "Contract", "Started")
    origin = [f"{name.lower()} {text(known[name])}" for name in names if name in known]
    return "\n\n".join(
        [
            f"### {text(finding.cause, LONG)}",
            *_details(finding, result),
            f"Found by Image Variations Conformance: {', '.join(origin)}.",
        ]
    )


def _parts(result: Result) -> Iterator[str]:
    symbol = words.VERDICT_SYMBOLS[result.verdict]
    waived = waiver_words.count(result)
    yield f"## {symbol} Image Variations Conformance: {result.verdict.value}{waived}"
    yield f"**{text(words.meaning(result), 1_000)}**"
    if said := waiver_words.meaning(result):
        yield text(said, 1_000)
    yield f"Scope: {text(scope.line(result), 2_000)}."
    yield text(words.next_step(result), LONG)
    yield from _diagnosis(result)
    yield from _findings(result)
    yield _counts(result)
    if not result.diagnosis:  # what ended the run is the reason for all, and stands above
        yield from _unjudged(result)
    if result.waivers.given:
        rows = waiver_words.rows(result)[:NOTES]
        lines = [f"- {text(id_)}: {text(state)}; {text(said, LONG)}" for id_, state, said in rows]
        yield "\n".join(["#### Waivers", "", *lines])
    yield _run(result)


def _diagnosis(result: Result) -> Iterator[str]:
    if result.diagnosis:
        yield "#### What stood in the way"
    for found in result.diagnosis[:NOTES]:
        yield f"- {text(found.problem, LONG) or '(no text)'}\n  - whose: {text(found.whose, LONG)}\n  - do: {text(found.what_to_do, LONG)}"


def _findings(result: Result) -> Iterator[str]:
    numbered = list(enumerate(result.findings, 1))
    broken = [(n, f) for n, f in numbered if finding_words.fails(f, result)]
    warned = [(n, f) for n, f in numbered if not finding_words.fails(f, result)]
    if numbered:
        yield "### Start here"
        yield finding_words.WHERE
    for number, finding in (broken or numbered[:1])[:DETAILED]:
        yield f"#### {words.SYMBOLS[finding.status]} {number} {text(finding.cause, LONG)}"
        yield from _details(finding, result)
    if left := len(broken) - DETAILED:
        yield f"*{plural(left, 'more finding')}: see `report.html`.*" if left > 0 else ""
    briefly = warned if broken else warned[1:]
    if briefly:
        lines = [
            f"- {n} {text(', '.join(f.requirements[:IDS]), LONG)}: {text(f.cause, LONG)}"
            for n, f in briefly[:BRIEF]
        ]
        yield "\n".join([f"#### Warnings ({len(warned)})", "", *lines])


def _details(finding: Finding, result: Result) -> Iterator[str]:
    """Yield what a finding holds, but for its cause."""
    rows = finding_words.requirements(finding, result)
    lines = [f"- breaks {text(r.id)} ({text(r.level)}): {text(r.text, LONG)}" for r in rows[:IDS]]
    if left := len(rows) - len(rows[:IDS]):
        lines.append(f"- and {plural(left, 'more requirement')}")
    said = [
        (harm := finding_words.harm(finding)) and f"to users: {harm}",
        finding.waived and waiver_words.line(finding.waived),
        finding.decided_by and finding_words.DECIDED.get(finding.decided_by),
        finding.expected and f"expected: {_first(finding.expected)}",
        finding.got and f"got: {one_line(finding_words.without_blobs(finding.got), GOT)}",
        finding_words.shown_by(finding),
        finding_words.explained(finding, IDS),
        (place := finding_words.place(finding, result)) and f"likely place of the fix: {place}",
        finding.key and f"key: {finding.key}",
    ]
    lines += [f"- {text(one, LONG)}" for one in said if one]
    yield "\n".join(lines)
    shown = finding_words.smallest(finding, result)
    if shown is None:
        return
    answer = f"{words.outcome(shown)}, after {seconds(shown.elapsed_s)}"
    yield f"The smallest request ({text(shown.label)}):"
    if shown.curl:
        yield block(finding_words.curl(finding, result), "sh", COMMAND)
    yield f"was answered with {text(answer)}:" if shown.reply_body else f"Answer: {text(answer)}."
    if shown.reply_body:
        yield block(finding_words.without_blobs(shown.reply_body), limit=ANSWER)


def _first(said: str) -> str:
    return said.partition("\n")[0]


def _counts(result: Result) -> str:
    used = [s for s in Status if any(r.status is s for r in result.requirements)]
    if not used:
        return ""
    named = " | ".join(f"{words.SYMBOLS[s]} {words.STATUS_WORDS[s]}" for s in used)
    lines = [f"| | {named} |", "|---|" + "--:|" * len(used)]
    for level, row in count_statuses(result.requirements).items():
        lines.append(f"| {text(level)} | " + " | ".join(f"{row[s]:,}" for s in used) + " |")
    return "\n".join(lines)


def _unjudged(result: Result) -> Iterator[str]:
    """Yield what was not judged and why, folded: each reason once, with the requirements."""
    why: dict[tuple[Status, str], list[str]] = {}
    for status in _UNJUDGED:
        for row in result.requirements:
            if row.status is status:
                message = next((c.message for c in row.checks if c.status is status), row.message)
                said = _first(message.strip()) or words.STATUS_MEANINGS[status]
                why.setdefault((status, said), []).append(row.id)
    if not why:
        return
    lines = [
        f"- {words.STATUS_WORDS[status]}: {text(', '.join(ids[:IDS]), LONG)}: {text(said, 200)}"
        for (status, said), ids in list(why.items())[:BRIEF]
    ]
    count = sum(map(len, why.values()))
    head = f"<details><summary>Not judged: {plural(count, 'requirement')}</summary>"
    yield "\n".join([head, "", *lines, "", "</details>"])


def _run(result: Result) -> str:
    facts = [*words.run_facts(result), *words.ledger(result)]
    lines = [f"- {text(name)}: {text(value, LONG)}" for name, value in facts]
    lines += [f"- note: {text(note, LONG)}" for note in result.notes[:NOTES]]
    parts = ["<details><summary>The run</summary>", "", *lines]
    if result.command:
        command = finding_words.one_command(result.command)
        parts += ["", "The command that repeats it:", "", block(command, "sh", COMMAND)]
    return "\n".join([*parts, "", "</details>"])
