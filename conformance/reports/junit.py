"""Draws `junit.xml` for GitLab, Jenkins and GitHub viewers: one test case for each check.

First comes the suite `findings`: one case for each cause of what failed, with the smallest request
that shows it. Then one suite for each clause, and one case for each pair of a requirement and a check
of it; a failed one names its finding, and shows no request that stands above. Where
JUnit has no word for a status, the report takes the nearest one that is not better:

- fail is a failure; flaky is a failure of type `flaky`; error is an error.
- untestable is an error for a MUST, and skipped for the rest: it is never passed.
- warn is passed, with what was recommended in its output.
- what is waived is what it was, with the waiver in its text; with --accept-waivers it is skipped, and
  never passed. A waiver that is expired, unknown or stale is a failure in the suite `waivers`.
- what the chosen set of requirements does not demand is passed, with what was found in its output.
- not applicable and not selected are skipped, with the reason.
- an incomplete run has an error of its own in the suite `run`.

There is no `file` attribute: viewers would link to a path in the gateway's repository.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from conformance.reports import counting, waiver_words, words
from conformance.reports.counting import by_clause
from conformance.reports.junit_findings import add_findings
from conformance.reports.junit_parts import (
    NAME_LIMIT,
    PART_LIMIT,
    add_outcome,
    add_output,
    add_suite,
    count_cases,
    exchange_lines,
    set_attribute,
)
from conformance.reports.text import clip, headline, plural, printable
from conformance.result.model import Status, Verdict
from conformance.result.waived import TROUBLES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.result.model import Check, RequirementResult, Result

EXCHANGES_SHOWN = 3


class _Case(NamedTuple):
    requirement: RequirementResult
    check: Check | None
    name: str


def render(result: Result) -> str:
    """Return the text of `junit.xml`."""
    root = ET.Element("testsuites", name="Image Variations Conformance")
    _run_suite(root, result)
    if result.waivers.given:
        _waivers_suite(root, result)
    if result.findings:
        add_findings(root, result)
    drawn = {finding.exchanges[0] for finding in result.findings if finding.exchanges}
    for clause, requirements in by_clause(result.requirements).items():
        cases = list(_cases(requirements))
        took = sum(case.check.duration_s for case in cases if case.check)
        title = result.clauses.get(clause, "")
        name = f"{clause}: {title}" if title else clause
        suite = add_suite(root, name, took, result)
        for case in cases:
            suite.append(_element(case, result, drawn))
        count_cases(suite, [suite])
    count_cases(root, root.findall("testsuite"))
    set_attribute(root, "time", f"{result.duration_s:.3f}")
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, "unicode") + "\n"


def _run_suite(root: ET.Element, result: Result) -> None:
    """Add the suite that fails where there is no verdict: else a run that ended early looks green."""
    suite = add_suite(root, "run", 0, result)
    case = ET.SubElement(suite, "testcase", time="0.000")
    set_attribute(case, "name", "The run came to an answer about the gateway")
    set_attribute(case, "classname", "conformance.run")
    said = [words.meaning(result), words.next_step(result)]
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
        set_attribute(case, "name", f"The waiver of {id_} is in order")
        set_attribute(case, "classname", "conformance.waivers")
        if waiver.state in TROUBLES:
            add_outcome(case, "failure", waiver.state, said, said)
        else:
            add_output(case, f"{state}; {said}")
    count_cases(suite, [suite])


def _cases(requirements: list[RequirementResult]) -> Iterable[_Case]:
    """Yield the cases of a clause, each with a name that is unique in it."""
    used: Counter[str] = Counter()
    for requirement in requirements:
        sentence = f"{requirement.id} {requirement.text}"
        checks: list[Check | None] = list(requirement.checks)
        if counting.unknown_status(requirement):
            checks.append(None)
        parameters = Counter(_parameter(check) for check in requirement.checks)
        for check in checks:
            name = sentence
            if check is not None and len(checks) > 1:
                short = _parameter(check)
                alone = short and parameters[short] == 1
                name += f" [{short if alone else check.node.partition('::')[2] or check.node}]"
            elif check is not None and (short := _parameter(check)):
                name += f" [{short}]"
            name = printable(name, NAME_LIMIT)
            used[name] += 1
            yield _Case(requirement, check, f"{name} #{used[name]}" if used[name] > 1 else name)


def _parameter(check: Check) -> str:
    _, bracket, rest = check.node.partition("[")
    return rest.removesuffix("]") if bracket else ""


def _element(case: _Case, result: Result, drawn: set[str]) -> ET.Element:
    requirement, check = case.requirement, case.check
    status = check.status if check else requirement.status
    message = (check.message if check else "") or requirement.message
    element = ET.Element("testcase")
    set_attribute(element, "name", case.name, 2 * NAME_LIMIT)
    set_attribute(
        element, "classname", "conformance." + re.sub(r"[^\w.-]+", "_", requirement.clause)
    )
    set_attribute(element, "time", f"{check.duration_s if check else 0:.3f}")
    first = headline(message) or words.STATUS_MEANINGS[status]
    said = f"{words.STATUS_WORDS[status]}: {first}"
    match status:
        case Status.PASS:
            pass
        case Status.FAIL | Status.FLAKY if requirement.waived and result.waivers.accepted:
            said = waiver_words.line(requirement.waived)
            add_outcome(element, "skipped", "waived", said, _facts(case, result, drawn))
        case Status.FAIL | Status.FLAKY | Status.ERROR | Status.WARN if requirement.level == "MAY":
            add_output(element, f"{status.value}: " + _facts(case, result, drawn))
        case Status.FAIL | Status.FLAKY:
            add_outcome(element, "failure", status.value, first, _facts(case, result, drawn))
        case Status.ERROR:
            add_outcome(element, "error", "error", first, _facts(case, result, drawn))
        case Status.UNTESTABLE if requirement.level == "MUST":
            add_outcome(element, "error", "untestable", said, _facts(case, result, drawn))
        case Status.WARN:
            add_output(element, "warn: " + _facts(case, result, drawn))
        case _:
            add_outcome(element, "skipped", status.value, said, message)
    return element


def _facts(case: _Case, result: Result, drawn: set[str]) -> str:
    """Return what the result has of a check: the requirement, the requests and the answers.

    `drawn` holds the exchanges that were shown already, and gets those that are shown here.
    """
    requirement, check = case.requirement, case.check
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
        if exchange.id in drawn:
            lines += ["", f"Request: {exchange.label} (exchange {exchange.id}), shown above"]
        else:
            drawn.add(exchange.id)
            lines += ["", *exchange_lines(exchange)]
    if left := len(check.exchanges) - len(shown[:EXCHANGES_SHOWN]):
        lines += ["", f"{plural(left, 'more exchange')} of this check: see report.html."]
    return "\n".join(lines)
