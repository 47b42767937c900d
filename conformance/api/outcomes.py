"""How each check of a result shows in a person's pytest: passed, failed, skipped, and in which words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from conformance.reports.text import headline, obeyed_by_none, one_line, visible
from conformance.result.status import WORST_FIRST, Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.result.model import Check, RequirementResult, Result

Ends = Literal["passed", "failed", "skipped", "waived"]
# A failure is read in a terminal between others; the report has the whole of it.
MOST_LINES = 8
LONGEST_LINE = 300
LONGEST_CURL = 4_000
# What gives no verdict where one is wanted.
UNSETTLED = (Status.UNTESTABLE, Status.FLAKY)


@dataclass(frozen=True)
class Shown:
    """How one check shows: how it ends for pytest, its status, one line, and all lines of a failure."""

    ends: Ends
    status: str
    headline: str
    text: str

    @classmethod
    def of_nothing(cls, requirement: str) -> Shown:
        """Return how a check shows that nobody judged."""
        why = f"{requirement} was not judged: the run ended before"
        return cls("skipped", Status.NOT_SELECTED.value, why, why)


def shown(result: Result, nodes: Iterable[tuple[str, str]], report: str = "") -> dict[str, Shown]:
    """Return how each check shows, by the name of its node.

    A check that judged several requirements shows the worst that it found. If the gateway could not be
    judged at all, the first check fails with the diagnosis, and what was not judged is skipped: one
    misconfiguration is one failure.

    Args:
        result: what the run found.
        nodes: the name of each node, and the id of its requirement or observation.
        report: the path of the report that shows everything.
    """
    found: dict[str, list[tuple[Check, RequirementResult]]] = {}
    for row in result.requirements:
        for check in row.checks:
            found.setdefault(check.node, []).append((check, row))
    observed = {o.id for o in result.observations}
    made: dict[str, Shown] = {}
    named = dict(nodes)
    for name, id_ in named.items():
        rows = found.get(name, [])
        if rows:
            check, row = min(rows, key=lambda pair: WORST_FIRST.index(pair[0].status))
            made[name] = _of(check, row, result, report)
        elif id_ in observed and not result.diagnosis:
            made[name] = Shown("passed", Status.PASS.value, "", "")
        else:
            made[name] = Shown.of_nothing(id_)
    unmet = result.diagnosis and not any(one.ends == "failed" for one in made.values())
    if unmet and (first := next(iter(named), None)):
        made[first] = _diagnosed(result, report)
    return made


def _of(check: Check, row: RequirementResult, result: Result, report: str) -> Shown:
    said = f"{row.id}: {headline(check.message, LONGEST_LINE) or check.status.value}"
    ends = _ends(check, row, result)
    if ends == "failed" and row.waived is not None and result.waivers.accepted:
        ends = "waived"
        said = f"{row.id}: waived until {row.waived.expires}: {one_line(row.waived.reason)}"
    status = check.status.value
    said = obeyed_by_none(said)
    return Shown(
        ends, status, said, _text(check, row, result, report) if ends == "failed" else said
    )


def _ends(check: Check, row: RequirementResult, result: Result) -> Ends:
    counts = row.level == "MUST" or (row.level == "SHOULD" and result.strict)
    match check.status:
        case Status.FAIL | Status.ERROR:
            return "failed"
        case Status.WARN:
            return "failed" if counts else "passed"
        case Status.UNTESTABLE | Status.FLAKY:
            # Where nothing could be judged, one failure says why; see `shown`.
            return "failed" if counts and not result.diagnosis else "skipped"
        case Status.NOT_APPLICABLE | Status.NOT_SELECTED:
            return "skipped"
    return "passed"


def _text(check: Check, row: RequirementResult, result: Result, report: str) -> str:
    lines = [f"{row.id} ({row.level}): {one_line(row.text, LONGEST_LINE)}"]
    said = check.message.splitlines()
    lines += [f"  {one_line(line, LONGEST_LINE)}" for line in said[:MOST_LINES]]
    if len(said) > MOST_LINES:
        lines.append(f"  … {len(said) - MOST_LINES} more lines: see the report")
    curl = next((x.curl for i in check.exchanges if (x := result.exchanges.get(i)) and x.curl), "")
    if curl and len(curl) <= LONGEST_CURL:
        lines += ["again:", f"  {visible(curl)}"]
    if report:
        lines.append(f"report: {report}")
    return obeyed_by_none("\n".join(lines))


def _diagnosed(result: Result, report: str) -> Shown:
    found = result.diagnosis[0]
    problem = one_line(found.problem, LONGEST_LINE)
    lines = [
        f"The gateway could not be judged: {problem}",
        f"  whose: {one_line(found.whose, LONGEST_LINE)}",
        f"  do: {one_line(found.what_to_do, 2 * LONGEST_LINE)}",
        *([f"report: {report}"] if report else []),
    ]
    said = obeyed_by_none(f"not judged: {problem}")
    return Shown("failed", Status.UNTESTABLE.value, said, obeyed_by_none("\n".join(lines)))
