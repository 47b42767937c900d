"""Writes the elements of JUnit: suites, outcomes and attributes, with every text bounded and visible."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from conformance.reports import scope, waiver_words, words
from conformance.reports.counting import count_statuses
from conformance.reports.text import clip, one_line, plural, printable, seconds, visible
from conformance.result import verdict
from conformance.result.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.result.exchange_summary import ExchangeSummary
    from conformance.result.model import Result

LIMIT = 16_384
PART_LIMIT = 2_048
NAME_LIMIT = 400


Facts = list[tuple[str, str]]


def run_properties(result: Result) -> Facts:
    """Return the facts of a run as the properties of its suite."""
    counts = count_statuses(result.requirements)
    facts = [
        ("Scope", scope.line(result)),
        ("MUST failed", f"{counts['MUST'][Status.FAIL]}"),
        ("SHOULD not met", f"{sum(map(verdict.unmet, result.requirements))}"),
        ("Strict", "yes" if result.strict else ""),
        *words.run_facts(result),
        ("Command", result.command),
    ]
    return [(name, value) for name, value in facts if value]


def add_suite(
    root: ET.Element, name: str, took: float, result: Result, *, facts: Facts | None = None
) -> ET.Element:
    """Add a suite with the verdict, and further facts, as its properties."""
    suite = ET.SubElement(root, "testsuite")
    set_attribute(suite, "name", name)
    set_attribute(suite, "timestamp", result.started)
    set_attribute(suite, "time", f"{took:.3f}")
    properties = ET.SubElement(suite, "properties")
    stands = ("Verdict", result.verdict.value + waiver_words.count(result))
    for fact, value in (stands, *(facts or ())):
        item = ET.SubElement(properties, "property")
        set_attribute(item, "name", fact.lower().replace(" ", "-"))
        set_attribute(item, "value", value, PART_LIMIT)
    return suite


def exchange_lines(exchange: ExchangeSummary) -> Iterable[str]:
    """Yield what was sent and what came back, line by line."""
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


def add_outcome(case: ET.Element, tag: str, kind: str, message: str, text: str) -> None:
    """Add how a case ended, unless it passed."""
    element = ET.SubElement(case, tag)
    if tag != "skipped":
        set_attribute(element, "type", kind)
    set_attribute(element, "message", one_line(message))
    if text:
        element.text = printable(text, LIMIT)


def add_output(case: ET.Element, text: str) -> None:
    """Add the output of a case that passed."""
    ET.SubElement(case, "system-out").text = printable(text, LIMIT)


def set_attribute(element: ET.Element, name: str, value: str, limit: int = NAME_LIMIT) -> None:
    """Set an attribute."""
    element.set(name, visible(clip(value, limit)))


def count_cases(element: ET.Element, suites: list[ET.Element]) -> None:
    """Write the numbers of cases, failures, errors and skipped cases into the attributes.

    The root has no number of skipped cases: the schema of Jenkins' xunit-plugin knows none.
    """
    for name, path in (
        ("tests", "testcase"),
        ("failures", "testcase/failure"),
        ("errors", "testcase/error"),
        ("skipped", "testcase/skipped"),
    ):
        if name != "skipped" or element.tag == "testsuite":
            element.set(name, str(sum(len(suite.findall(path)) for suite in suites)))
