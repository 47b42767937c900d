"""Chooses the exchanges of a run that its result holds: those that a check read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.result.model import Check, Diagnosis, Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.result.model import Observation, RequirementResult
    from conformance.run.record import RunRecord

CONCERNING = frozenset({Status.FAIL, Status.WARN, Status.UNTESTABLE, Status.FLAKY, Status.ERROR})


def chosen(
    record: RunRecord,
    requirements: Iterable[RequirementResult],
    observations: Iterable[Observation],
    diagnosis: Iterable[Diagnosis],
) -> tuple[set[str], set[str]]:
    """Return the ids of the exchanges that the result holds: in brief, and with every detail."""
    checks = [c for r in requirements for c in r.checks]
    findings = [c for o in observations for c in o.findings]
    full = _read_by([*(c for c in checks if c.status in CONCERNING), *diagnosis])
    full |= {e.request.control for e in record.exchanges if e.id in full and e.request.control}
    return _read_by([*checks, *findings]), full


def _read_by(sources: Iterable[Check | Diagnosis]) -> set[str]:
    return {id_ for source in sources for id_ in source.exchanges}
