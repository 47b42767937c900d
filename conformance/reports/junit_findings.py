"""Draws the first suite of `junit.xml`: one case for each cause of what failed."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from conformance.reports import finding_words, waiver_words
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
    for number, finding in enumerate(result.findings, 1):
        case = ET.SubElement(suite, "testcase", time="0.000")
        set_attribute(case, "name", f"{number} {', '.join(finding.requirements)}")
        set_attribute(case, "classname", "conformance.findings")
        text = "\n".join(_finding(finding, result))
        if finding.waived and result.waivers.accepted:
            add_outcome(case, "skipped", "waived", waiver_words.line(finding.waived), text)
        elif not finding_words.breaks(finding):
            add_output(case, f"{finding.status.value}: {text}")
        else:
            add_outcome(case, "failure", finding.status.value, finding.cause, text)
    count_cases(suite, [suite])


def _finding(finding: Finding, result: Result) -> Iterable[str]:
    yield clip(finding.cause, PART_LIMIT)
    yield ""
    yield f"Breaks: {', '.join(finding.requirements)} ({plural(len(finding.checks), 'check')})"
    if finding.key:
        yield f"Key: {finding.key}"
    if finding.waived:
        yield waiver_words.line(finding.waived)
    if finding.decided_by:
        yield f"Whose: {finding_words.DECIDED[finding.decided_by]}"
    if finding.explains:
        yield f"Could not be judged because of it: {', '.join(finding.explains)}"
    if finding.expected:
        yield f"Expected: {clip(finding.expected, PART_LIMIT)}"
        yield f"Got: {clip(finding.got, PART_LIMIT)}"
    for key in finding.exchanges[:1]:
        if exchange := result.exchanges.get(key):
            yield ""
            yield from exchange_lines(exchange)
    if left := len(finding.exchanges) - 1:
        yield ""
        yield f"{plural(left, 'more exchange')} of this finding: see report.html."
