"""Compares the findings of results by their causes, and not by their words.

The sentence of a finding quotes labels and answers, so that it changes with the seed. Its cause does
not: what kind of fault, in which part of a request, answered how. Where that differs too, two findings
for which mostly the same checks fail are one: the gateway breaks the same thing in other words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.compare.changes import JUDGED
from conformance.compare.model import CauseRow, Seen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.result.model import Finding, Result

Numbered = tuple[int, "Finding"]
# The finding of each gateway that has one cause, by the gateway's place.
Group = dict[int, Numbered]


def causes(results: Sequence[Result], baseline: int) -> tuple[CauseRow, ...]:
    """Return every cause of the results with the gateways that have it: what is widest first."""
    groups: list[Group] = []
    for at, result in enumerate(results):
        left = list(enumerate(result.findings, 1))
        # All that have an equal cause come first, so that none takes the place of another.
        for alike in (_same_cause, _same_checks):
            left = [known for known in left if not _joined(known, at, groups, alike)]
        groups += [{at: known} for known in left]
    rows = [_row(group, results, baseline) for group in groups]
    return tuple(sorted(rows, key=lambda row: (row.level != "MUST", -sum(map(bool, row.findings)))))


def _joined(known: Numbered, at: int, groups: list[Group], alike: Callable[..., bool]) -> bool:
    for group in groups:
        if at not in group and any(alike(known[1], other) for _, other in group.values()):
            group[at] = known
            return True
    return False


def _same_cause(one: Finding, other: Finding) -> bool:
    return bool(one.key) and one.key == other.key


def _same_checks(one: Finding, other: Finding) -> bool:
    """Return whether most of the checks that fail are the same; the names of drawn cases differ."""
    here, there = set(one.checks), set(other.checks)
    return len(here & there) > len(here ^ there)


def _row(group: Group, results: Sequence[Result], baseline: int) -> CauseRow:
    findings = [finding for _, finding in group.values()]
    broken = tuple(dict.fromkeys(id_ for f in findings for id_ in f.requirements))
    return CauseRow(
        findings[0].cause,
        "MUST" if any(f.level == "MUST" for f in findings) else "SHOULD",
        broken,
        tuple(_seen(group, at, results, baseline) for at in range(len(results))),
        tuple(group[at][0] if at in group else 0 for at in range(len(results))),
    )


def _seen(group: Group, at: int, results: Sequence[Result], baseline: int) -> Seen:
    """Return how a gateway stands to the baseline in one cause.

    Where the other side judged none of what the cause breaks, it may have it all the same.
    """
    here, there = at in group, baseline in group
    if here and there:
        return Seen.SAME
    if not here and not there:
        return Seen.ABSENT
    broken = group[at if here else baseline][1].requirements
    judged = {r.id for r in results[baseline if here else at].requirements if r.status in JUDGED}
    if not judged.intersection(broken):
        return Seen.UNSEEN
    return Seen.NEW if here else Seen.GONE
