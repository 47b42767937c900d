"""The timeline of a run: how much went on at each time, and what happened when. `run.timeline` makes it.

Its size is bounded, whatever the run's: equal slots of time, and the weightiest moments.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from conformance.result.exchange_summary import Count, Duration, Named, Narrowed

MOST_SLOTS, MOST_EVENTS = 120, 60
# What an answer was, in the order in which reports show it.
ANSWERS = ("success", "refusal", "limited", "error", "other", "none")
# What may happen, the weightiest first: of too many moments the others are left out.
KINDS = ("answers", "end", "fall", "finding", "wait", "again")


@dataclass(frozen=True)
class Moment:
    """One thing that happened in a run; `at_s` counts from its start."""

    kind: Annotated[
        str,
        Narrowed(enum=list(KINDS)),
        "answers: the first answer; end: of the run; fall: the gateway's process ended, or connections broke together; finding: it first showed; wait: the gateway asked to come later; again: requests were sent once more.",
    ]
    at_s: Duration
    text: Named
    lasts_s: Annotated[
        Duration, "How long it went on, as far as the answers tell; 0 if it has no length."
    ] = 0.0
    finding: Annotated[Count, "The number of the finding, from 1 on; 0 for what is none."] = 0


@dataclass(frozen=True)
class Timeline:
    """What went on in each slot of a run. Times are those that the run recorded."""

    slot_s: Annotated[Duration, "How long one slot is; all are equally long."]
    in_flight: Annotated[
        tuple[Count, ...], "The most requests that were in flight at once, in each slot."
    ]
    answers: Annotated[
        dict[str, tuple[Count, ...]],
        "How many answers came in each slot, by what they were: success (2xx), refusal (4xx), limited (the gateway asked to come later), error (5xx), other, none (no answer).",
    ] = field(default_factory=dict)
    pictures: Annotated[tuple[Count, ...], "How many pictures came in each slot."] = ()
    moments: tuple[Moment, ...] = ()
    left_out: Annotated[Count, "How many moments found no place."] = 0
    sent: Annotated[
        Count, "How many requests are in it, every try counted: those whose times the run kept."
    ] = 0
