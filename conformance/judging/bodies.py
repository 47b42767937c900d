"""Chooses the answers whose body the checks of BODY judge: the successes, and those with an object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.judging.expect import some

if TYPE_CHECKING:
    from conformance.http.exchange import Exchange


def successes(answers: list[Exchange]) -> list[Exchange]:
    """Return the successes of requests that may succeed; there must be one.

    STREAM-1 and STREAM-2 judge event streams, so those are left out.

    Raises:
        Untestable: the run has none.
    """
    found = [
        e
        for e in answers
        if e.ok
        and e.request.method == "POST"
        and e.request.expected != "refused"
        and e.media_type != "text/event-stream"
    ]
    return some(found, "success")


def bodies(answers: list[Exchange]) -> list[Exchange]:
    """Return the successes whose body is a JSON object; there must be one.

    Raises:
        Untestable: the run has none.
    """
    found = [e for e in successes(answers) if isinstance(e.json, dict)]
    return some(found, "JSON object in a success")
