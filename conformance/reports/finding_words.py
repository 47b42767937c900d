"""The words that every report uses for findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reports.text import one_line, plural
from conformance.result.model import Status

if TYPE_CHECKING:
    from conformance.result.model import Finding, Result

# Whose decision a failure comes from, by `Finding.decided_by`.
DECIDED = {"provider": "the provider refused; the gateway made this of it"}


def breaks(finding: Finding) -> bool:
    """Return whether a finding is more than a warning, of something that the chosen set demands."""
    return finding.status is not Status.WARN and finding.level != "MAY"


def title(result: Result) -> str:
    """Say how many causes there are, and how many requirements they break."""
    broken = [f for f in result.findings if breaks(f)]
    must = {id_ for f in broken for id_ in f.requirements}
    failed = [r for r in result.requirements if r.id in must and r.level == "MUST"]
    causes = plural(len(broken), "cause")
    return f"Findings: {causes} for {plural(len(failed), 'MUST requirement')}"


def witnesses(finding: Finding, result: Result) -> str:
    """Return the label of the smallest request that shows a finding, and how many more do."""
    first = result.exchanges.get(finding.exchanges[0])
    label = one_line(first.label, 120) if first else finding.exchanges[0]
    left = len(finding.exchanges) - 1
    return label + (f" and {left:,} more" if left else "")
