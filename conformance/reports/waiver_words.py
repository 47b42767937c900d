"""The words that every report uses for waivers: a waived failure is a failure, and is counted apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reports.text import plural
from conformance.result import waiving
from conformance.result.waived import TROUBLES

if TYPE_CHECKING:
    from conformance.result.model import Result, Status, Waiver

STATES = {
    "applied": "covers a failure",
    "unused": "covers nothing here: the run did not judge all of it",
    "expired": "expired",
    "unknown": "names nothing that there is",
    "stale": "stale: it passes now",
}


def count(result: Result) -> str:
    """Return ` (3 waived)`, to stand behind a verdict; "" where nothing is."""
    return f" ({result.waivers.applied:,} waived)" if result.waivers.applied else ""


def waived_of(result: Result, level: str, status: Status) -> int:
    """Return how many requirements of a level and a status are waived."""
    rows = result.requirements
    return sum(r.waived is not None and r.level == level and r.status is status for r in rows)


def meaning(result: Result) -> str:
    """Say what waivers change, and what they do not; "" for a run without any."""
    said = []
    if applied := result.waivers.applied:
        what = plural(applied, "known failure is waived", "known failures are waived")
        taken = "the run accepts waivers" if result.waivers.accepted else "see --accept-waivers"
        said.append(f"{what} ({taken}); a waived failure is no pass, and rules a certificate out.")
    if bad := sum(w.state in TROUBLES for w in result.waivers.given):
        said.append(
            f"{plural(bad, 'waiver')} must be removed or renewed: the run fails by that alone."
        )
    return " ".join(said)


def to_do(result: Result) -> str:
    """Say what to do about the waivers that fail a run; "" if none does."""
    bad = any(w.state in TROUBLES for w in result.waivers.given)
    return (
        "Remove or renew the waivers that fail the run: each is named with its line." if bad else ""
    )


def line(waiver: Waiver) -> str:
    """Return that something is waived: until when, by whom and why, in one line."""
    return f"waived {terms(waiver)}"


def terms(waiver: Waiver) -> str:
    """Return until when, by whom and why something is waived, in one line."""
    link = f" ({waiver.link})" if waiver.link else ""
    return f"until {waiver.expires} by {waiver.owner}: {waiver.reason}{link}"


def rows(result: Result) -> list[tuple[str, str, str]]:
    """Return each waiver: what it is of, what became of it, and what it says or what to do about it."""
    bad = iter(waiving.troubles(result))
    return [
        (w.id, STATES[w.state], next(bad) if w.state in TROUBLES else line(w))
        for w in result.waivers.given
    ]
