"""Decides whether a result can carry a certificate, and how long that would hold: docs/certify.md.

Pure functions of a result, so that whoever draws a certificate, and whoever demands one, decide alike.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from conformance.result.status import Verdict
from conformance.result.waived import TROUBLES

if TYPE_CHECKING:
    from conformance.result.model import Result

# A gateway, what it forwards to and what others demand of it change within a year.
LIFE = dt.timedelta(days=365)
PROFILE = "full"


def reasons_against(result: Result) -> tuple[str, ...]:
    """Return why a result can carry no certificate, a line for each reason; nothing if it can."""
    waivers, target = result.waivers, result.target
    rules = (
        (result.verdict is not Verdict.CONFORMANT, f"its verdict is {result.verdict}"),
        (
            result.profile != PROFILE,
            f"it is of the profile {result.profile}; run with --profile {PROFILE}",
        ),
        (
            not target.get("observe"),
            "nobody looked at the provider's side; run with --observe",
        ),
        (
            result.challenge is None,
            "its seed is not from whoever certifies; run with --challenge and the text that they drew",
        ),
        (
            bool(result.selection),
            f"it judged a selection only; run without {', '.join(result.selection)}",
        ),
        (bool(result.shard), f"it is shard {result.shard}; put all together: conformance merge"),
        (
            waivers.applied > 0,
            f"waivers cover {waivers.applied} of its requirements, and no failure may be waived",
        ),
        (
            any(one.state in TROUBLES for one in waivers.given),
            "a waiver fails the run; remove those that it names",
        ),
        (
            bool(target.get("insecure")),
            "no certificate of the target was verified; run without --insecure",
        ),
        (day_of(result) is None, "it does not say, with its offset from UTC, when it was run"),
    )
    return tuple(reason for holds, reason in rules if holds)


def day_of(result: Result) -> dt.date | None:
    """Return the day, in UTC, on which a run started; None where the result does not say it."""
    try:
        started = dt.datetime.fromisoformat(result.started)
        if started.tzinfo is None:
            return None
        day = started.astimezone(dt.UTC).date()
        return day if day + LIFE else None
    except (ValueError, OverflowError):
        return None


def last_day(result: Result) -> dt.date | None:
    """Return the last day, in UTC, on which a certificate of a result holds; None if it can carry none."""
    day = day_of(result)
    return None if day is None or reasons_against(result) else day + LIFE
