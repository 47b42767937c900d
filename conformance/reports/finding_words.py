"""The words that every report uses for findings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.reports.text import one_line, plural, visible
from conformance.result.findings.saying import without_blobs
from conformance.result.harm import Harm
from conformance.result.model import Status

if TYPE_CHECKING:
    from conformance.result.exchange_summary import ExchangeSummary
    from conformance.result.model import Finding, RequirementResult, Result

__all__ = [
    "DECIDED",
    "HARM_WORDS",
    "WHERE",
    "breaks",
    "curl",
    "explained",
    "fails",
    "harm",
    "one_command",
    "place",
    "requirements",
    "shown_by",
    "smallest",
    "title",
    "without_blobs",
    "witnesses",
]

# Whose decision a failure comes from, by `Finding.decided_by`.
DECIDED = {"provider": "the provider refused; the gateway made this of it"}
# What a finding does to users, by `Finding.harm`.
HARM_WORDS: dict[str, str] = {
    Harm.OPEN_DOOR: "an open door: who must be refused is served",
    Harm.LEAK: "a leak: answers show what nobody should see",
    Harm.CRASH: "a crash: a server error, a hang or a broken connection",
    Harm.SILENT: "served otherwise than asked, without a word",
    Harm.WRONG_ANSWER: "a success in another shape than documented",
    Harm.WRONG_REFUSAL: "correct requests are not served",
    Harm.ERROR_SHAPE: "an error in another form than documented",
    Harm.ADVICE: "little: clients seldom notice",
}
WHERE = "The curl lines run in the report folder, which holds the files that they send."
# As `evidence.curl` breaks a line between two of its words; no word of it holds a line feed.
_BREAK = re.compile(r" \\\n +")


def breaks(finding: Finding) -> bool:
    """Return whether a finding is more than a warning, of something that the chosen set demands."""
    return finding.status is not Status.WARN and finding.level != "MAY"


def fails(finding: Finding, result: Result) -> bool:
    """Return whether a finding makes the run fail: in a strict run a recommendation does, too."""
    strict = result.strict and finding.level == "SHOULD"
    return breaks(finding) or strict


def harm(finding: Finding) -> str:
    """Say what a finding does to users; "" for a result that does not tell."""
    return HARM_WORDS.get(finding.harm, "")


def title(result: Result) -> str:
    """Say how many causes there are, and how many requirements they break."""
    broken = [f for f in result.findings if fails(f, result)]
    named = {id_ for f in broken for id_ in f.requirements}
    failed = [r for r in result.requirements if r.id in named]
    must = sum(r.level == "MUST" for r in failed)
    should = sum(r.level == "SHOULD" for r in failed) if result.strict else 0
    also = f" and {plural(should, 'SHOULD')} (strict)" if should else ""
    return f"Findings: {plural(len(broken), 'cause')} for {plural(must, 'MUST requirement')}{also}"


def witnesses(finding: Finding, result: Result) -> str:
    """Return the label of the smallest request that shows a finding, and how many more do."""
    first = result.exchanges.get(finding.exchanges[0])
    label = one_line(first.label, 120) if first else finding.exchanges[0]
    left = len(finding.exchanges) - 1
    return label + (f" and {left:,} more" if left else "")


def shown_by(finding: Finding) -> str:
    """Say how many requests show a finding; "" where none does."""
    count = len(finding.exchanges)
    return f"{plural(count, 'request')} {'shows' if count == 1 else 'show'} it" if count else ""


def explained(finding: Finding, limit: int = 12) -> str:
    """Say which requirements could not be judged because of a finding; "" where all could."""
    found = finding.explains
    if not found:
        return ""
    named, left = list(found[:limit]), len(found) - limit
    last = f"{left:,} more" if left > 0 else named.pop() if len(named) > 1 else ""
    ids = ", ".join(named) + (f" and {last}" if last else "")
    return f"{ids} could not be judged because of this"


def requirements(finding: Finding, result: Result) -> list[RequirementResult]:
    """Return the requirements that a finding breaks, the most important ones first."""
    known = {r.id: r for r in result.requirements}
    return [known[id_] for id_ in finding.requirements if id_ in known]


def place(finding: Finding, result: Result) -> str:
    """Say where the fix usually belongs: the hint of the first requirement that has one."""
    return next((r.hint for r in requirements(finding, result) if r.hint), "")


def smallest(finding: Finding, result: Result) -> ExchangeSummary | None:
    """Return the smallest exchange that shows a finding and that a curl line repeats, or the first."""
    found = [result.exchanges[id_] for id_ in finding.exchanges if id_ in result.exchanges]
    return next((e for e in found if e.curl), found[0] if found else None)


def curl(finding: Finding, result: Result) -> str:
    """Return the curl line of the smallest request in one line, to be copied; "" without one."""
    shown = smallest(finding, result)
    return one_command(shown.curl) if shown else ""


def one_command(text: str) -> str:
    """Return a command that goes over several lines in one line."""
    return visible(_BREAK.sub(" ", text).replace("\n", "\\n").replace("\t", "\\t"))
