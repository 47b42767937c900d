"""What a run spent its time on: how often, and how long by the clock; what overlaps counts once."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from conformance.http.exchange import Exchange

Cause = Literal["refusals", "good", "either", "answers", "dropped", "later", "rate"]
# What each cause did, once and several times; `{}` is how often.
TOLD: dict[Cause, tuple[str, str]] = {
    "refusals": ("one faulty request was", "{} faulty requests were"),
    "good": ("one good request was", "{} good requests were"),
    "either": (
        "one request that may be accepted or refused was",
        "{} requests that may be accepted or refused were",
    ),
    "answers": ("one answer came", "{} answers came"),
    "dropped": ("the run waited once", "the run waited {} times"),
    "later": ("the run waited", "the run waited"),
    "rate": ("the run kept to the gateway's rate limit",) * 2,
}
MORE: dict[Cause, str] = {
    **dict.fromkeys(("refusals", "good", "either"), " never answered"),
    "dropped": " for a gateway that broke its connections",
    "later": " since answers asked to come again later (408, 409 or 425)",
}
SHOWN_IDS = 5
MINUTE_S = 60.0


@dataclass
class Row:
    """One cause: how often it was, how many seconds it took, and the first exchanges that show it."""

    cause: Cause
    count: int = 0
    took_s: float = 0.0
    ids: list[str] = field(default_factory=list)
    _until: float = -math.inf

    def note(self, began: float, ended: float, id_: str = "") -> None:
        """Count one, and the part of its time that no earlier one covers."""
        self.count += 1
        self.took_s += max(ended - max(began, self._until), 0.0)
        self._until = max(self._until, ended)
        if id_ and len(self.ids) < SHOWN_IDS:
            self.ids.append(id_)

    @property
    def told(self) -> str:
        """What it did and how long, as in `12 faulty requests were never answered (14 min)`."""
        text = TOLD[self.cause][self.count > 1].format(self.count) + MORE.get(self.cause, "")
        return f"{text} ({span(self.took_s)})"


@dataclass
class HeldUp:
    """The time of one run, by what it went to."""

    rows: dict[Cause, Row] = field(default_factory=dict)

    def note(self, cause: Cause, began: float, ended: float, id_: str = "") -> None:
        """Take note that something took the run's time, from one moment to another."""
        self.rows.setdefault(cause, Row(cause)).note(began, ended, id_)

    def answered(self, exchange: Exchange, now: float) -> None:
        """Take note of an exchange that has just ended."""
        took = (now - exchange.elapsed_s, now, exchange.id)
        if exchange.reply is not None:
            self.note("answers", *took)
        elif exchange.failure == "timeout":
            kinds: dict[str, Cause] = {"accepted": "good", "refused": "refusals"}
            self.note(kinds.get(exchange.request.expected, "either"), *took)

    @property
    def worst(self) -> list[Row]:
        """The causes that took the longest first; those that took a moment only are left out."""
        found = sorted(self.rows.values(), key=lambda row: -row.took_s)
        return [row for row in found if row.took_s >= max(found[0].took_s / 4, 0.1)]


def span(seconds: float) -> str:
    """Return a time as a person says it: `14 min`, `45 s`, `0.5 s`."""
    if seconds >= 2 * MINUTE_S:
        return f"{seconds / MINUTE_S:.0f} min"
    return f"{seconds:.0f} s" if seconds >= 1 else f"{seconds:.1f} s"
