"""Counts and groups the requirements of a result for the reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.result.model import Status

if TYPE_CHECKING:
    from conformance.result.model import RequirementResult


def count_statuses(
    requirements: tuple[RequirementResult, ...],
) -> dict[str, dict[Status, int]]:
    """Return how many requirements of each level have each status: MUST, SHOULD, then the rest."""
    found = dict.fromkeys(("MUST", "SHOULD", *(r.level for r in requirements)))
    return {
        level: {
            status: sum(r.level == level and r.status is status for r in requirements)
            for status in Status
        }
        for level in found
    }


def by_clause(
    requirements: tuple[RequirementResult, ...],
) -> dict[str, list[RequirementResult]]:
    """Return the requirements of each clause, in the order in which they are given."""
    clauses: dict[str, list[RequirementResult]] = {}
    for requirement in requirements:
        clauses.setdefault(requirement.clause, []).append(requirement)
    return clauses


def unknown_status(requirement: RequirementResult) -> bool:
    """Return whether a requirement has a status that none of its checks has."""
    return requirement.status not in {check.status for check in requirement.checks}
