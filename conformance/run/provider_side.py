"""What a run that plays the provider says besides its verdicts: calls, pictures, and what was left to it.

A strict provider refuses what the gateway should have refused. The client sees a refusal, so the
requirement is met; a provider without these checks would serve the request.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.http.status import is_client_error
from conformance.reports.text import plural
from conformance.run.whose.calls import came_bare

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.http.exchange import Exchange
    from conformance.http.provider_call import Call
    from conformance.result.model import Check, RequirementResult

# Requirements that ask for a refusal say so in these words.
ASKS_FOR_A_REFUSAL = re.compile(r"\b(?:is|are) refused\b")
PROVIDER_REFUSES = (400, 404)
SHOWN = 5


def left_to_it(exchange: Exchange) -> bool:
    """Return whether the provider alone refused a request: the gateway had sent it on."""
    refused = exchange.request.expected == "refused" and is_client_error(exchange.status)
    return refused and not exchange.calls_unclear and any(map(_refused, exchange.calls or ()))


def _refused(call: Call) -> bool:
    if call.answered is None or call.fault or call.claim.refusal:
        return False
    return call.settled and call.answered.status in PROVIDER_REFUSES


def note_on(text: str, checks: Iterable[Check], left: Mapping[str, Exchange]) -> str:
    """Return what to say of a requirement whose refusals the provider made, or an empty text.

    Args:
        text: the sentence of the requirement.
        checks: the checks that judged it.
        left: the exchanges that `left_to_it` is true of, by their ids.
    """
    read = dict.fromkeys(id_ for check in checks for id_ in check.exchanges if id_ in left)
    if not read or not ASKS_FOR_A_REFUSAL.search(text):
        return ""
    labels = [left[id_].request.label for id_ in read]
    more = f" and {len(labels) - SHOWN} more" if len(labels) > SHOWN else ""
    return (
        f"Refused by the provider only; the gateway sent it on: {', '.join(labels[:SHOWN])}{more}."
    )


def notes(
    calls: Iterable[Call],
    requirements: Iterable[RequirementResult],
    exchanges: Iterable[Exchange] = (),
) -> Iterable[str]:
    """Yield what to say of the provider's side of a whole run.

    Args:
        calls: every call that arrived.
        requirements: the judged requirements.
        exchanges: those of the run: their times tell what was in flight when a call arrived.
    """
    known = list(calls)
    seen = list(exchanges)
    lost = [c for c in known if c.claim.perhaps or any(came_bare(c, e) for e in seen)]
    strange = sum(bool(c.claim.refusal) for c in known) - len(lost)
    own = len(known) - len(lost) - strange
    served = [c for c in known if not c.claim.refusal and c.answered and c.answered.pictures]
    made = sum(c.answered.pictures for c in served if c.answered)
    text = (
        f"The provider's side was observed: {own} call(s) of this run (provider.jsonl), of which"
        f" {len(served)} got {plural(made, 'picture')}; and {strange} that no request of this run"
        " caused."
    )
    if lost:
        got = sum(bool(c.answered and c.answered.pictures) for c in lost)
        text += (
            f" {len(lost)} more had no picture, and came while requests of this run were in flight:"
            " if no other client uses the gateway, it dropped their picture."
            f" {got or 'None'} of them {'was' if got in (0, 1) else 'were'} served."
        )
    yield text
    if left := [r.id for r in requirements if r.note]:
        yield (
            f"Left to the provider: {', '.join(left)}. The gateway sent on what it should refuse, and"
            " only the stand-in provider refused it. --provider-checks lenient judges what a client"
            " gets from a provider that serves everything."
        )
