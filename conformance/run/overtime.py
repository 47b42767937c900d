"""Says what held a run up whose time was over before it was through, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.result.model import TIME, Diagnosis

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.send.deadlines.deadline import Overtime
    from conformance.send.deadlines.held_up import Cause
    from conformance.target.options import Limits

BUSY = "Run it on a machine that has less to do."
LONGER = (
    "A larger --max-time lets the run go on for longer, and --resume takes over what is settled."
)
NEVER = (
    "Find out in the gateway's log why it does not answer them; the first ones are named here. A"
    " smaller --timeout makes each cost less."
)
ADVICE: Mapping[Cause, str] = {
    "refusals": NEVER,
    "good": NEVER,
    "either": NEVER,
    "answers": "Let more requests be in flight with --concurrency, or send less with --profile smoke"
    " or --shard.",
    "dropped": "Find out in the gateway's log why it breaks connections.",
    "later": "Find out why the gateway asks to come again later, with 408, 409 or 425.",
    "rate": "Raise the rate limit of the credential; docs/rate-limits.md says how long a run takes.",
}


def overtime(found: Overtime | None, limits: Limits) -> tuple[Diagnosis, ...]:
    """Return a diagnosis if the run's time was over: what held it up, and what to do.

    Args:
        found: why the time was over; None if it was not.
        limits: what the operator gave.
    """
    if found is None:
        return ()
    advice = ADVICE[found.cause] if found.cause else BUSY
    given = "" if limits.max_time_s else " docs/max-time.md says how long a run may take by itself."
    return (Diagnosis(found.text, TIME, f"{advice} {LONGER}{given}", found.ids),)
