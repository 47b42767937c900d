"""Draws `junit.xml` for GitLab, Jenkins and GitHub viewers: one test case for each check.

First comes the suite `findings`: one case for each cause of what failed, with the smallest request
that shows it. Then one suite for each clause, and one case for each pair of a requirement and a check
of it; a failed one names its finding, and shows no request that stands above. Where
JUnit has no word for a status, the report takes the nearest one that is not better:

- fail is a failure; flaky is a failure of type `flaky`; error is an error.
- untestable is an error for a MUST, once for each reason, and skipped for the rest: it is never passed.
- where the run ended early, the suite `run` has the one error, and what is untestable is skipped.
- warn is passed, and its output begins with "SHOULD not met"; in a strict run it is a failure.
- what is waived is what it was, with the waiver in its text; with --accept-waivers it is skipped, and
  never passed. A waiver that is expired, unknown or stale is a failure in the suite `waivers`.
- what the chosen set of requirements does not demand is passed, with what was found in its output.
- not applicable and not selected are skipped, with the reason.
- an incomplete run has an error of its own in the suite `run`.

The time of a case is its share of the run: exchanges overlap, and several checks read one, so the times
of checks would sum to many times the run. Requests have their own times in the text.

The form is that of Jenkins' xunit-plugin (junit-10.xsd). There is no `file` attribute: viewers would link to a path in the gateway's repository.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from conformance.reports import scope, waiver_words, words
from conformance.reports.counting import by_clause
from conformance.reports.junit_findings import add_findings
from conformance.reports.junit_names import cases, short
from conformance.reports.junit_parts import (
    PART_LIMIT,
    add_outcome,
    add_output,
    add_suite,
    count_cases,
    exchange_lines,
    run_properties,
    set_attribute,
)
from conformance.reports.text import clip, headline, plural
from conformance.result.model import Status, Verdict
from conformance.result.waived import TROUBLES

if TYPE_CHECKING:
    from conformance.reports.junit_names import Case
    from conformance.result.model import Result

EXCHANGES_SHOWN = 3
# How the output of a case begins whose recommendation is not met.
UNMET = "SHOULD not met"
ENDED = "untestable: the suite run says why"


class _Drawing:
    """What is known while a report is drawn: how time counts, what was shown, which reasons were told."""

    def __init__(self, result: Result) -> None:
        self.result = result
        # The exchanges that were shown already.
        self.shown = {f.exchanges[0] for f in result.findings if f.exchanges}
        # The first case of each reason for which a MUST could not be judged.
        self.reasons: dict[str, str] = {}
        judged = sum(c.duration_s for r in result.requirements for c in r.checks)
        self.share = min(1.0, result.duration_s / judged) if judged else 1.0
        # Of a part of a run nothing else says that something is missing.
        self.ended = bool(result.diagnosis) and result.verdict is not Verdict.PARTIAL

    def took(self, case: Case) -> float:
        """Return how many seconds of the run a case took."""
        return case.check.duration_s * self.share if case.check else 0.0


def render(result: Result) -> str:
    """Return the text of `junit.xml`."""
    root = ET.Element("testsuites", name="Image Variations Conformance")
    _run_suite(root, result)
    if result.waivers.given:
        _waivers_suite(root, result)
    if result.findings:
        add_findings(root, result)
    drawing = _Drawing(result)
    for clause, requirements in by_clause(result.requirements).items():
        found = list(cases(requirements))
        title = result.clauses.get(clause, "")
        name = f"{clause}: {title}" if title else clause
        suite = add_suite(root, name, sum(map(drawing.took, found)), result)
        for case in found:
            suite.append(_element(case, drawing))
        count_cases(suite, [suite])
    count_cases(root, root.findall("testsuite"))
    set_attribute(root, "time", f"{result.duration_s:.3f}")
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, "unicode") + "\n"


def _run_suite(root: ET.Element, result: Result) -> None:
    """Add the suite that fails where there is no verdict: else a run that ended early looks green."""
    suite = add_suite(root, "run", 0, result, facts=run_properties(result))
    case = ET.SubElement(suite, "testcase", time="0.000")
    set_attribute(case, "name", "The run came to an answer about the gateway")
    set_attribute(case, "classname", "conformance.run")
    said = [words.meaning(result), f"Scope: {scope.line(result)}", words.next_step(result)]
    for found in result.diagnosis:
        said += ["", found.problem, f"Whose it looks like: {found.whose}", found.what_to_do]
        for key in found.exchanges:
            if exchange := result.exchanges.get(key):
                said += ["", *exchange_lines(exchange)]
    if result.verdict is Verdict.INCOMPLETE:
        first = result.diagnosis[0].problem if result.diagnosis else said[0]
        add_outcome(case, "error", "incomplete", first, "\n".join(said))
    else:
        add_output(case, "\n".join([*said, *result.notes]))
    count_cases(suite, [suite])


def _waivers_suite(root: ET.Element, result: Result) -> None:
    """Add the suite of the waivers: one that must go or be renewed fails the run, so it fails here."""
    suite = add_suite(root, "waivers", 0, result)
    for waiver, (id_, state, said) in zip(
        result.waivers.given, waiver_words.rows(result), strict=True
    ):
        case = ET.SubElement(suite, "testcase", time="0.000")
        set_attribute(case, "name", f"The waiver of {short(id_)} is in order")
        set_attribute(case, "classname", "conformance.waivers")
        if waiver.state in TROUBLES:
            add_outcome(case, "failure", waiver.state, said, said)
        else:
            add_output(case, f"{state}; {said}")
    count_cases(suite, [suite])


def _element(case: Case, drawing: _Drawing) -> ET.Element:
    requirement, check = case.requirement, case.check
    result = drawing.result
    status = check.status if check else requirement.status
    message = (check.message if check else "") or requirement.message
    element = ET.Element("testcase")
    set_attribute(element, "name", case.name)
    set_attribute(
        element, "classname", "conformance." + re.sub(r"[^\w.-]+", "_", requirement.clause)
    )
    set_attribute(element, "time", f"{drawing.took(case):.3f}")
    first = headline(message) or words.STATUS_MEANINGS[status]
    said = f"{words.STATUS_WORDS[status]}: {first}"
    unmet = requirement.level == "SHOULD" and result.strict
    waived = requirement.waived if result.waivers.accepted else None
    match status:
        case Status.PASS:
            pass
        case Status.FAIL | Status.FLAKY | Status.WARN if waived and (
            unmet or status is not Status.WARN
        ):
            said = waiver_words.line(waived)
            add_outcome(element, "skipped", "waived", said, _facts(case, drawing))
        case Status.FAIL | Status.FLAKY | Status.ERROR | Status.WARN if requirement.level == "MAY":
            add_output(element, f"{status.value}: " + _facts(case, drawing))
        case Status.FAIL | Status.FLAKY:
            add_outcome(element, "failure", status.value, first, _facts(case, drawing))
        case Status.ERROR:
            add_outcome(element, "error", "error", first, _facts(case, drawing))
        case Status.UNTESTABLE if drawing.ended:
            add_outcome(element, "skipped", status.value, ENDED, "")
        case Status.UNTESTABLE if requirement.level == "MUST":
            _untestable(element, case, said, drawing)
        case Status.WARN if unmet:
            add_outcome(element, "failure", status.value, first, _facts(case, drawing))
        case Status.WARN:
            add_output(element, f"{UNMET}: " + _facts(case, drawing))
        case _:
            more = message if "\n" in message.strip() else ""
            add_outcome(element, "skipped", status.value, said, more)
    return element


def _untestable(element: ET.Element, case: Case, said: str, drawing: _Drawing) -> None:
    """Add the error of a MUST that could not be judged; the same reason is an error only once."""
    before = drawing.reasons.setdefault(said, case.name)
    if before == case.name:
        add_outcome(element, "error", "untestable", said, _facts(case, drawing))
    else:
        text = f"{said}\n\nThe case {before} has the error for this reason."
        add_outcome(element, "skipped", "untestable", said, text)


def _facts(case: Case, drawing: _Drawing) -> str:
    """Return what the result has of a check: the requirement, and each request with its answer once."""
    requirement, check, result = case.requirement, case.check, drawing.result
    message = (check.message if check else "") or requirement.message
    lines = [
        clip(message, PART_LIMIT),
        "",
        f"{requirement.id} ({requirement.level}, {requirement.source}): {requirement.text}",
        f"Basis: {clip(requirement.basis, PART_LIMIT)}",
    ]
    if requirement.waived:
        lines.append(waiver_words.line(requirement.waived))
    if requirement.demand:
        lines.append(f"Counts: {requirement.demand}")
    if requirement.hint:
        lines.append(f"Hint: {clip(requirement.hint, PART_LIMIT)}")
    if check is None:
        return "\n".join(lines)
    lines.append(f"Check: {check.node}")
    for number, finding in enumerate(result.findings, 1):
        if check.node in finding.checks:
            lines.append(f"Finding {number}: {clip(finding.cause, PART_LIMIT)}")
    shown = [result.exchanges[key] for key in check.exchanges if key in result.exchanges]
    for exchange in shown[:EXCHANGES_SHOWN]:
        if exchange.id in drawing.shown:
            lines += ["", f"Request: {exchange.label} (exchange {exchange.id}), shown above"]
        else:
            drawing.shown.add(exchange.id)
            lines += ["", *exchange_lines(exchange)]
    if left := len(check.exchanges) - len(shown[:EXCHANGES_SHOWN]):
        lines += ["", f"{plural(left, 'more exchange')} of this check: see report.html."]
    return "\n".join(lines)
