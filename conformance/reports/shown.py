"""Remembers which counterexamples a report has shown, so that none is printed twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reports.text import headline
from conformance.result.findings.failures import FAILED, expectation, witnesses

if TYPE_CHECKING:
    from conformance.result.model import Check, Result


class Shown:
    """The counterexamples that a report has shown, and where; the findings come first."""

    def __init__(self, result: Result) -> None:
        self.exchanges = result.exchanges
        self.where = {
            finding.exchanges[0]: f"finding {number}"
            for number, finding in enumerate(result.findings, 1)
            if finding.exchanges
        }

    def message(self, check: Check) -> str:
        """Return what a check found; or where, if the request that shows it is shown elsewhere."""
        if check.status not in FAILED or not expectation(check.message):
            return check.message
        first = next(witnesses(check, self.exchanges), None)
        if first is None:
            return check.message
        if (where := self.where.get(first.id)) is not None:
            return f"{headline(check.message, BRIEF)} (the request is shown in {where})"
        self.where[first.id] = check.node.partition("::")[2] or check.node
        return check.message


# What is left of a message beside the request that is shown elsewhere.
BRIEF = 120
