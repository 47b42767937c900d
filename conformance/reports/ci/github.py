"""Draws the annotations of a GitHub Actions job: workflow commands on standard output.

GitHub shows ten errors and ten warnings of a step, and draws each as plain text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reports import finding_words, words
from conformance.reports.text import clip, obeyed_by_none, one_line, visible
from conformance.result.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.result.model import Finding, Result

# So many of a kind does GitHub show for a step; the verdict and the report's name come besides.
MOST = 10
MOST_TITLE = 120
MOST_TEXT = 1_500
IDS_SHOWN = 6


def commands(result: Result) -> str:
    """Return a workflow command for the verdict, each diagnosis, and each of the first findings.

    An error is what fails the gateway, a warning what does not: a SHOULD, or a failure that a waiver
    covers. They fill ten lines at most, the gravest first.
    """
    return "".join(f"{line}\n" for line in (_verdict(result), *_others(result)))


def command(name: str, title: str, text: str) -> str:
    """Return one workflow command; whatever the texts hold, it is one line and no second command.

    Args:
        name: `error`, `warning` or `notice`.
        title: its headline.
        text: what it says; line feeds stay, as GitHub's own escape for them.
    """
    headline = one_line(title, MOST_TITLE)
    shown = obeyed_by_none(clip(visible(text), MOST_TEXT))
    return f"::{name} title={_property(headline)}::{_data(shown)}"


def _data(text: str) -> str:
    # The order matters: what is escaped later brings percent signs with it.
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _verdict(result: Result) -> str:
    return command(
        "notice",
        f"Conformance: {result.verdict.value}",
        f"{words.meaning(result)} {words.next_step(result)}".strip(),
    )


def _others(result: Result) -> Iterator[str]:
    rest = MOST
    for found in result.diagnosis[:MOST]:
        rest -= 1
        name = "error" if result.verdict is Verdict.INCOMPLETE else "warning"
        text = f"{found.problem}\nWhose: {found.whose}\nDo: {found.what_to_do}"
        yield command(name, "What stood in the way", text)
    for finding in result.findings[: max(rest, 0)]:
        fails = finding_words.fails(finding, result) and not (
            finding.waived and result.waivers.accepted
        )
        yield command("error" if fails else "warning", _title(finding), _text(finding, result))


def _title(finding: Finding) -> str:
    ids, left = finding.requirements[:IDS_SHOWN], len(finding.requirements) - IDS_SHOWN
    more = f" and {left} more" if left > 0 else ""
    waived = ", waived" if finding.waived else ""
    return f"{', '.join(ids)}{more} ({finding.level}{waived})"


def _text(finding: Finding, result: Result) -> str:
    rows = [one_line(finding.cause, 400)]
    if finding.expected and not finding.cause.startswith("Expected "):
        rows.append(f"expected {one_line(finding.expected)}, got {one_line(finding.got)}")
    if finding.exchanges:
        rows.append(f"request: {finding_words.witnesses(finding, result)}")
        rows.append(f"again: {one_line(words.replay(result, finding.exchanges[0]))}")
    return "\n".join(rows)
