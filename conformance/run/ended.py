"""Says first that the gateway's process ended: because of which request, or what it was asked last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.result.model import PROCESS, Diagnosis
from conformance.send.outages.asked import shown
from conformance.send.outages.falls import since, suspects

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.http.exchange import Exchange
    from conformance.send.outages.asked import Asked
    from conformance.send.outages.falls import Fall

SHOWN = 5


def with_suspects(exchanges: list[Exchange], falls: Sequence[Fall]) -> list[Exchange]:
    """Return exchanges with those that a report names as asked last, if a batch forgot them."""
    ids = {e.id for e in exchanges}
    return [*exchanges, *(shown(a) for a in suspects(falls) if a.request.id not in ids)]


def fell(falls: Sequence[Fall]) -> tuple[Diagnosis, ...]:
    """Return a diagnosis if requests ended the gateway's process, or if it did not come back."""
    culprits = {c.exchange.id: c for fall in falls for c in fall.culprits}
    if culprits:
        named = "; ".join(f"{c.label} [{id_}]" for id_, c in culprits.items())
        return (
            Diagnosis(
                f"your gateway's process ended: because of {named}",
                PROCESS,
                "Send the request with the curl line of its report, and read the log of the process that ended."
                " Whoever may send a request can stop the gateway for everybody.",
                tuple(culprits),
            ),
        )
    gone = [fall for fall in falls if fall.sure and not fall.back]
    if not gone:
        return ()
    last = suspects(falls)[:SHOWN]
    return (
        Diagnosis(
            f"your gateway's process ended: connections were refused from {since(gone[-1])} on",
            PROCESS,
            "Read the last lines of its log. Under something that starts it again, a run asks each"
            f" candidate alone and names the culprit. Asked last: {_named(last)}.",
            tuple(a.request.id for a in last),
        ),
    )


def _named(last: list[Asked]) -> str:
    return "; ".join(f"{a.request.label} ({a.outcome or 'in flight'})" for a in last)
