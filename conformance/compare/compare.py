"""Puts a comparison together: the requirements of every contract that was judged, gateway by gateway."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from conformance.compare import causes, cells, recorded, times
from conformance.compare.asked import asked
from conformance.compare.model import Change, Comparison, Gateway, RequestRow, Tally
from conformance.compare.premises import premises
from conformance.result.model import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.compare.model import Timing
    from conformance.result.model import RequirementResult, Result

PASSED, BROKEN = (Status.PASS,), (Status.FAIL, Status.WARN)
UNSETTLED = (Status.FLAKY, Status.UNTESTABLE, Status.ERROR)
UNJUDGED = (Status.NOT_APPLICABLE, Status.NOT_SELECTED)
# What `--fail-on` names, with the changes that it fails for.
REGRESSIONS = {"worse": (Change.WORSE,), "lost": (Change.WORSE, Change.LOST)}


def compared(named: Sequence[tuple[str, Result]], baseline: int = 0) -> Comparison:
    """Lay results side by side.

    Args:
        named: the results in the order in which they are shown, each with its own name.
        baseline: the place of the one that the others are compared with.
    """
    names, results = [name for name, _ in named], [result for _, result in named]
    requests = asked(results)
    others = [at for at in range(len(results)) if at != baseline]
    slow = tuple(row for at in others for row in times.slow(requests, baseline, at))
    found = causes.causes(results, baseline)
    rows = cells.rows(results, baseline, requests, found, slow)
    return Comparison(
        gateways=tuple(
            _gateway(
                name,
                result,
                Counter(row.cells[at].change for row in rows),
                sum(cause.findings[at] > 0 for cause in found),
                times.timing(requests, baseline, at),
            )
            for at, (name, result) in enumerate(named)
        ),
        baseline=baseline,
        premises=premises(results, names),
        clauses={key: text for result in reversed(results) for key, text in result.clauses.items()},
        rows=rows,
        causes=found,
        requests=tuple(
            RequestRow(request.label, request.requirements, request.outcomes)
            for request in requests
            if len({*filter(None, request.outcomes)}) > 1
        ),
        slow=slow,
        observations=recorded.observations(results),
    )


def _gateway(
    name: str, result: Result, changes: Counter[Change], findings: int, timing: Timing
) -> Gateway:
    target = result.target
    return Gateway(
        name=name,
        verdict=result.verdict,
        url=f"{target.get('url', '')}{target.get('path', '')}",
        profile=result.profile,
        contract=result.contract.get("version", ""),
        suite=result.suite.get("version", ""),
        started=result.started,
        seed=result.seed,
        requests=result.requests,
        images=result.images,
        duration_s=result.duration_s,
        findings=findings,
        tallies=_tallies(result.requirements),
        changes={change.value: changes[change] for change in Change if changes[change]},
        timing=timing,
    )


def _tallies(rows: tuple[RequirementResult, ...]) -> tuple[Tally, ...]:
    found = []
    for level in dict.fromkeys(("MUST", "SHOULD", *(row.level for row in rows))):
        counted = Counter(row.status for row in rows if row.level == level)
        kinds = (PASSED, BROKEN, UNSETTLED, UNJUDGED)
        found.append(Tally(level, *(sum(counted[s] for s in kind) for kind in kinds)))
    return tuple(found)


def regressed(comparison: Comparison, fail_on: str) -> bool:
    """Return whether any gateway became what `--fail-on` names: `worse`, or `lost` or worse."""
    bad = REGRESSIONS[fail_on]
    return any(cell.change in bad for row in comparison.rows for cell in row.cells)
