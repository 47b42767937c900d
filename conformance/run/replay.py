"""Finds the checks, the profile and the seed that repeat one exchange of an earlier run.

The seed alone decides the plan, so the same checks with the same seed send the same bytes, and they
shrink a failing case to the same counterexample.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.errors import UsageError
from conformance.result import storage

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Replay:
    """The checks that read an exchange, and how their run was made."""

    checks: tuple[str, ...]
    profile: str
    seed: int


def of(exchange_id: str, folder: Path) -> Replay:
    """Return what to judge again.

    Args:
        exchange_id: the id of an exchange, as reports show it.
        folder: the report folder of the run.

    Raises:
        UsageError: there is no readable result, or none of its checks read that exchange.
    """
    path = folder / "result.json"
    try:
        known = storage.read(path)
    except storage.ResultError as error:
        raise UsageError(f"--replay {exchange_id}: {error}") from error
    checks = tuple(
        check.node
        for requirement in known.requirements
        for check in requirement.checks
        if exchange_id in check.exchanges
    )
    if not checks:
        raise UsageError(
            f"--replay {exchange_id}: no check of {path} read an exchange of this id; the report"
            " shows the ids"
        )
    return Replay(checks, known.profile, known.seed)
