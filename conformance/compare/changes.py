"""Says how one requirement of a gateway stands to the same requirement of the baseline.

Only what both runs judged can be better or worse. A status is a judgement if it says something of
the gateway: pass, warn, flaky and fail do, and the others say why there is no judgement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from conformance.compare.model import Change
from conformance.result.model import Status

if TYPE_CHECKING:
    from conformance.result.model import Check, RequirementResult

# From the worst to the best. A flaky requirement holds at times, so it is between fail and warn.
JUDGED = (Status.FAIL, Status.FLAKY, Status.WARN, Status.PASS)
# The suite should have judged and could not; the others were not to be judged.
OPEN = (Status.UNTESTABLE, Status.ERROR)


class Changed(NamedTuple):
    """How a requirement changed, and what makes it so."""

    change: Change
    why: str = ""


def change_of(
    before: RequirementResult | None, now: RequirementResult | None, *, otherwise: str = ""
) -> Changed:
    """Return how a requirement changed.

    Args:
        before: how it ended at the baseline; None if its contract does not have it.
        now: how it ended at the gateway.
        otherwise: what else differs, such as the status code of a refusal; "" if nothing does.
    """
    was, is_ = (row.status if row else None for row in (before, now))
    said = f"{was or 'absent'} → {is_ or 'absent'}"
    if before is None or now is None or was not in JUDGED or is_ not in JUDGED:
        return _unjudged(was, is_, said)
    if was is not is_:
        better = JUDGED.index(is_) > JUDGED.index(was)
        return Changed(Change.BETTER if better else Change.WORSE, said)
    return _within(before, now) or (
        Changed(Change.OTHER, otherwise) if otherwise else Changed(Change.SAME)
    )


def _unjudged(was: Status | None, is_: Status | None, said: str) -> Changed:
    if was is Status.PASS and is_ in OPEN:
        return Changed(Change.LOST, said)
    if was in JUDGED or is_ in JUDGED:
        return Changed(Change.ONE_SIDE, said)
    return Changed(Change.NEITHER, said if was is not is_ else "")


def _within(before: RequirementResult, now: RequirementResult) -> Changed | None:
    """Compare the checks that both have: what fails already may break in one more place."""
    ranks = {check.node: JUDGED.index(check.status) for check in _judged(before)}
    here = [(c.node, JUDGED.index(c.status)) for c in _judged(now) if c.node in ranks]
    worse = sum(rank < ranks[node] for node, rank in here)
    better = sum(rank > ranks[node] for node, rank in here)
    if not worse and not better:
        return None
    if worse and better:
        return Changed(Change.OTHER, f"other checks fail: {worse} worse, {better} better")
    count = worse or better
    checks = f"{count} {'check' if count == 1 else 'checks'}"
    if worse:
        return Changed(Change.WORSE, f"still {now.status}, {checks} worse")
    return Changed(Change.BETTER, f"still {now.status}, {checks} better")


def _judged(row: RequirementResult) -> list[Check]:
    return [check for check in row.checks if check.status in JUDGED]
