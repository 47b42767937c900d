"""Draws the first suite of `junit.xml`: one case for each cause of what failed."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from typing import TYPE_CHECKING

from conformance.reports import finding_words, waiver_words
from conformance.reports.junit_names import short
from conformance.reports.junit_parts import (
    PART_LIMIT,
    add_outcome,
    add_output,
    add_suite,
    count_cases,
    exchange_lines,
    set_attribute,
)
from conformance.reports.text import clip, plural

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.result.model import Finding, Result


def add_findings(root: ET.Element, result: Result) -> None:
    """Add the suite of the findings: each cause once."""
    suite = add_suite(root, "findings", 0, result)
    names = list(_names(result))
    for number, finding in enumerate(result.findings, 1):
        case = ET.SubElement(suite, "testcase", time="0.000")
        set_attribute(case, "name", names[number - 1])
        set_attribute(case, "classname", "conformance.findings")
        text = "\n".join(_finding(finding, result))
        if finding.waived and result.waivers.accepted:
            add_outcome(case, "skipped", "waived", waiver_words.line(finding.waived), text)
        elif not finding_words.fails(finding, result):
            add_output(case, f"{_passed(finding)}: {text}")
        else:
            add_outcome(case, "failure", finding.status.value, finding.cause, text)
    count_cases(suite, [suite])


def _passed(finding: Finding) -> str:
    """Return how the output of a finding begins that fails nothing."""
    return "SHOULD not met" if finding.level == "SHOULD" else finding.status.value


def _names(result: Result) -> Iterable[str]:
    """Yield the names of the findings' cases: a key stays from run to run, a number does not."""
    used: Counter[str] = Counter()
    for finding in result.findings:
        name = short(finding.key or ", ".join(finding.requirements))
        used[name] += 1
        yield f"{name} #{used[name]}" if used[name] > 1 else name


def _finding(finding: Finding, result: Result) -> Iterable[str]:
    rows = [
        ("", finding.cause),
        ("", "\n"),
        ("Breaks", f"{', '.join(finding.requirements)} ({plural(len(finding.checks), 'check')})"),
        ("To users", finding_words.harm(finding)),
        ("Key", finding.key),
        ("Waived", waiver_words.terms(finding.waived) if finding.waived else ""),
        ("Whose", finding_words.DECIDED.get(finding.decided_by, "")),
        ("Expected", finding.expected),
        ("Got", finding_words.without_blobs(finding.got) if finding.expected else ""),
        ("Requests", finding_words.shown_by(finding)),
        ("Left open", finding_words.explained(finding)),
        ("Likely place of the fix", finding_words.place(finding, result)),
    ]
    for name, text in rows:
        if text:
            yield f"{name}: {clip(text, PART_LIMIT)}" if name else clip(text.strip(), PART_LIMIT)
    for key in finding.exchanges[:1]:
        if exchange := result.exchanges.get(key):
            yield ""
            yield from exchange_lines(exchange)
    if left := len(finding.exchanges) - 1:
        yield ""
        yield f"{plural(left, 'more exchange')} of this finding: see report.html."
