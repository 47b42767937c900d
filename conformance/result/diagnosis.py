"""A diagnosis: what stood in the way of judging, whose problem it looks like, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

# Whose problem it is that the gateway's process ended: all that was judged before stays judged.
PROCESS = "the gateway: its process ended"
TIME = "the time of this run"


@dataclass(frozen=True)
class Diagnosis:
    """What stood in the way of judging, whose problem it looks like, and what to do."""

    problem: str
    whose: str
    what_to_do: str
    exchanges: tuple[str, ...] = ()
