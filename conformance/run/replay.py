"""Finds the checks, the profile and the seed that repeat one exchange of an earlier run.

The seed alone decides the plan, so the same checks with the same seed send the same bytes, and they
shrink a failing case to the same counterexample.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.contract.profiles import PROFILES
from conformance.errors import UsageError
from conformance.http.reading.short import shown
from conformance.result import consistency, storage

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.result.model import Check


@dataclass(frozen=True)
class Replay:
    """The checks that read an exchange, and how their run was made."""

    checks: tuple[str, ...]
    profile: str
    seed: int
    challenge: str = ""


def of(exchange_id: str, folder: Path) -> Replay:
    """Return what to judge again.

    Args:
        exchange_id: the id of an exchange, as reports show it.
        folder: the report folder of the run.

    Raises:
        UsageError: there is no readable result, or none of its checks read that exchange.
    """
    if not consistency.ID.fullmatch(exchange_id):
        raise UsageError(f"--replay {shown(exchange_id)}: is no id; the report shows the ids")
    path = folder / "result.json"
    try:
        known = consistency.demand(storage.read(path), str(path))
    except storage.ResultError as error:
        raise UsageError(f"--replay {exchange_id}: {error}") from error
    checks = _that_ask_least(
        exchange_id,
        [c for r in known.requirements for c in r.checks if exchange_id in c.exchanges],
    )
    if not checks:
        raise UsageError(
            f"--replay {exchange_id}: no check of {path} read an exchange of this id; the report"
            " shows the ids"
        )
    profile = next((name for name in PROFILES if name == known.profile), None)
    if profile is None or known.seed < 0:
        raise UsageError(
            f"--replay {exchange_id}: {path} has a profile or a seed that no run can have"
        )
    return Replay(
        checks, profile, known.seed, known.challenge.nonce if known.challenge is not None else ""
    )


def _that_ask_least(exchange_id: str, reading: list[Check]) -> tuple[str, ...]:
    """Return the checks that are about an exchange, of all that read it.

    Those that read it beside their own, such as a repetition of it, would ask for theirs as well,
    and a property check would look for a smaller form again.
    """
    broken = [c for c in reading if c.status in ("fail", "warn")]
    own = [c for c in reading if "[" in c.node and c.exchanges[0] == exchange_id]
    own = [c for c in own if c in broken] or own
    own = [c for c in own if "property:" not in c.node] or own
    whole = [c for c in broken if "[" not in c.node]
    return tuple(c.node for c in ([*own, *whole] if own else reading))
