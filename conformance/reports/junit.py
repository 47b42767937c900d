"""Draws `junit.xml` for GitLab, Jenkins and GitHub viewers: one test case for each check.

One suite for each clause, and one case for each pair of a requirement and a check of it. Where
JUnit has no word for a status, the report takes the nearest one that is not better:

- fail is a failure; flaky is a failure of type `flaky`; error is an error.
- untestable is an error for a MUST, and skipped for the rest: it is never passed.
- warn is passed, with what was recommended in its output.
- not applicable and not selected are skipped, with the reason.
- an incomplete run has an error of its own in the suite `run`.

There is no `file` attribute: viewers would link to a path in the gateway's repository.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from conformance.reports import words
from conformance.reports.counting import by_clause
from conformance.reports.text import clip, headline, one_line, plural, printable, seconds, visible
from conformance.result.model import Status, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.result.exchange_summary import ExchangeSummary
    from conformance.result.model import Check, RequirementResult, Result

LIMIT = 16_384
PART_LIMIT = 2_048
NAME_LIMIT = 400
EXCHANGES_SHOWN = 3


class _Case(NamedTuple):
    requirement: RequirementResult
    check: Check | None
    name: str


def render(result: Result) -> str:
    """Return the text of `junit.xml`."""
    root = ET.Element("testsuites", name="Image Variations Conformance")
    _run_suite(root, result)
    for clause, requirements in by_clause(result.requirements).items():
        cases = list(_cases(requirements))
        took = sum(case.check.duration_s for case in cases if case.check)
        title = result.clauses.get(clause, "")
        name = f"{clause}: {title}" if title else clause
        suite = _suite(root, name, took, result)
        for case in cases:
            suite.append(_element(case, result))
        _count(suite, [suite])
    _count(root, root.findall("testsuite"))
    _set(root, "time", f"{result.duration_s:.3f}")
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, "unicode") + "\n"


def _suite(root: ET.Element, name: str, took: float, result: Result) -> ET.Element:
    suite = ET.SubElement(root, "testsuite")
    _set(suite, "name", name)
    _set(suite, "timestamp", result.started)
    _set(suite, "time", f"{took:.3f}")
    properties = ET.SubElement(suite, "properties")
    facts = [("Verdict", result.verdict.value), *words.run_facts(result)]
    if result.command:
        facts.append(("Command", result.command))
    for fact, value in facts:
        item = ET.SubElement(properties, "property")
        _set(item, "name", fact.lower().replace(" ", "-"))
        _set(item, "value", value, PART_LIMIT)
    return suite


def _run_suite(root: ET.Element, result: Result) -> None:
    """Add the suite that fails where there is no verdict: else a run that ended early looks green."""
    suite = _suite(root, "run", 0, result)
    case = ET.SubElement(suite, "testcase", time="0.000")
    _set(case, "name", "The run came to an answer about the gateway")
    _set(case, "classname", "conformance.run")
    said = [words.meaning(result), words.next_step(result)]
    for found in result.diagnosis:
        said += ["", found.problem, f"Whose it looks like: {found.whose}", found.what_to_do]
        for key in found.exchanges:
            if exchange := result.exchanges.get(key):
                said += ["", *_exchange(exchange)]
    if result.verdict is Verdict.INCOMPLETE:
        first = result.diagnosis[0].problem if result.diagnosis else said[0]
        _outcome(case, "error", "incomplete", first, "\n".join(said))
    else:
        _output(case, "\n".join([*said, *result.notes]))
    _count(suite, [suite])


def _cases(requirements: list[RequirementResult]) -> Iterable[_Case]:
    """Yield the cases of a clause, each with a name that is unique in it."""
    used: Counter[str] = Counter()
    for requirement in requirements:
        sentence = f"{requirement.id} {requirement.text}"
        checks: list[Check | None] = list(requirement.checks)
        if words.unknown_status(requirement):
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


def _element(case: _Case, result: Result) -> ET.Element:
    requirement, check = case.requirement, case.check
    status = check.status if check else requirement.status
    message = (check.message if check else "") or requirement.message
    element = ET.Element("testcase")
    _set(element, "name", case.name, 2 * NAME_LIMIT)
    _set(element, "classname", "conformance." + re.sub(r"[^\w.-]+", "_", requirement.clause))
    _set(element, "time", f"{check.duration_s if check else 0:.3f}")
    first = headline(message) or words.STATUS_MEANINGS[status]
    said = f"{words.STATUS_WORDS[status]}: {first}"
    match status:
        case Status.PASS:
            pass
        case Status.FAIL | Status.FLAKY:
            _outcome(element, "failure", status.value, first, _facts(case, result))
        case Status.ERROR:
            _outcome(element, "error", "error", first, _facts(case, result))
        case Status.UNTESTABLE if requirement.level == "MUST":
            _outcome(element, "error", "untestable", said, _facts(case, result))
        case Status.WARN:
            _output(element, "warn: " + _facts(case, result))
        case _:
            _outcome(element, "skipped", status.value, said, message)
    return element


def _facts(case: _Case, result: Result) -> str:
    """Return all that the result has of a check: the requirement, the requests and the answers."""
    requirement, check = case.requirement, case.check
    message = (check.message if check else "") or requirement.message
    lines = [
        clip(message, PART_LIMIT),
        "",
        f"{requirement.id} ({requirement.level}, {requirement.source}): {requirement.text}",
        f"Basis: {clip(requirement.basis, PART_LIMIT)}",
    ]
    if requirement.hint:
        lines.append(f"Hint: {clip(requirement.hint, PART_LIMIT)}")
    if check is None:
        return "\n".join(lines)
    lines.append(f"Check: {check.node}")
    shown = [result.exchanges[key] for key in check.exchanges if key in result.exchanges]
    for exchange in shown[:EXCHANGES_SHOWN]:
        lines += ["", *_exchange(exchange)]
    if left := len(check.exchanges) - len(shown[:EXCHANGES_SHOWN]):
        lines += ["", f"{plural(left, 'more exchange')} of this check: see report.html."]
    return "\n".join(lines)


def _exchange(exchange: ExchangeSummary) -> Iterable[str]:
    yield f"Request: {exchange.label} (exchange {exchange.id})"
    yield f"  {exchange.method} {clip(exchange.url, PART_LIMIT)}"
    for part in exchange.fields:
        yield f"  {clip(part.name, 100)} = {clip(words.field_value(part), 300)}"
    if exchange.request_body and not exchange.fields:
        yield f"  {clip(exchange.request_body, 300)}"
    if exchange.twin:
        yield f"  It differs only by its fault from the accepted request {exchange.twin}."
    for earlier in exchange.tries:
        yield f"Before: {clip(earlier.outcome, 200)} for the same bytes ({seconds(earlier.elapsed_s)})"
    tries = f", {plural(exchange.attempts, 'attempt')}" if exchange.attempts > 1 else ""
    yield f"Answer: {words.outcome(exchange)} ({seconds(exchange.elapsed_s)}{tries})"
    if exchange.reply_body:
        yield f"  {clip(exchange.reply_body, PART_LIMIT)}"
    if exchange.curl:
        yield f"Repeat: {clip(exchange.curl, PART_LIMIT)}"


def _outcome(case: ET.Element, tag: str, kind: str, message: str, text: str) -> None:
    element = ET.SubElement(case, tag)
    if tag != "skipped":
        _set(element, "type", kind)
    _set(element, "message", one_line(message))
    element.text = printable(text, LIMIT)


def _output(case: ET.Element, text: str) -> None:
    ET.SubElement(case, "system-out").text = printable(text, LIMIT)


def _set(element: ET.Element, name: str, value: str, limit: int = NAME_LIMIT) -> None:
    element.set(name, visible(clip(value, limit)))


def _count(element: ET.Element, suites: list[ET.Element]) -> None:
    """Write the numbers of cases, failures, errors and skipped cases into the attributes."""
    for name, path in (
        ("tests", "testcase"),
        ("failures", "testcase/failure"),
        ("errors", "testcase/error"),
        ("skipped", "testcase/skipped"),
    ):
        element.set(name, str(sum(len(suite.findall(path)) for suite in suites)))
