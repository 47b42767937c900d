"""What the calls to the provider that the run plays tell of good requests that got no picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.http.provider_call import HUNG_UP
from conformance.http.said import said
from conformance.judging.expect import describe, is_providers
from conformance.provider.images_api import ROUTE
from conformance.result.model import Diagnosis
from conformance.run.whose import causes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.http.exchange import Exchange
    from conformance.http.provider_call import Call
    from conformance.run.whose.causes import Cause

WHOSE_GATEWAY = "the gateway"
ELSEWHERE = frozenset(
    {
        causes.UNREACHABLE,
        causes.CERTIFICATE,
        causes.PAGE,
        causes.PROVIDERS_KEY,
        causes.ACCOUNT,
        causes.OVERLOADED,
        causes.POLICY,
    }
)


def by_calls(tried: Iterable[Exchange], calls: Iterable[Call]) -> Diagnosis | None:
    """Return the diagnosis that the calls of these requests tell, or None if none came.

    Args:
        tried: good requests, of which none got a picture.
        calls: the calls that reached the stand-in provider of this run.
    """
    mine = [(e, c) for c in calls if c.is_images for e in tried if _may_be_of(e, c)]
    ids = tuple(dict.fromkeys(e.id for e, _ in mine))
    rows = [(*_told(e, c), ids) for e, c in mine if not c.fault]
    return Diagnosis(*min(rows, key=lambda row: row[0])[1:]) if rows else None


def _may_be_of(exchange: Exchange, call: Call) -> bool:
    known = exchange.id in (*call.claim.requests, *call.claim.perhaps)
    return known or came_bare(call, exchange)


def came_bare(call: Call, exchange: Exchange) -> bool:
    """Return whether a call without a file, in which nothing was recognized, came during a request.

    Its fields fit no request: the gateway may have changed them, too. That is enough for a note or a
    diagnosis, and not for a verdict.
    """
    asks = call.is_images and ROUTE.fullmatch(call.path.partition("?")[0])
    if not asks or call.files or not call.claim.refusal or call.claim.perhaps:
        return False
    return exchange.finished_at - exchange.elapsed_s <= call.arrived_at <= exchange.finished_at


def _told(exchange: Exchange, call: Call) -> tuple[int, str, str, str]:
    """Return what a call tells: a rank, the most telling first, and the parts of the diagnosis."""
    look = f"See the call {call.id} in provider.jsonl."
    if call.served:
        problem = f"the provider made a picture, and the gateway's client got {describe(exchange)}"
        advice = f"See how the gateway reads its provider's answer, and its log. {look}"
        return 0, problem, WHOSE_GATEWAY, advice
    if call.end == HUNG_UP:
        problem = "the gateway hung up on its provider before the answer was there"
        advice = f"Raise the gateway's timeout for its provider. {look}"
        return 1, problem, WHOSE_GATEWAY, advice
    if not call.files and not call.problem and call.claim.by in ("", "fields"):
        problem = "the gateway calls its provider without the picture that it was sent (PROVIDER-1)"
        advice = f"Send the first file of image or image[] on, whole. {look}"
        return 3, problem, WHOSE_GATEWAY, advice
    answered = call.answered
    refusal = said(answered.status or 0, answered.headers, answered.text) if answered else None
    if refusal is not None and "unknown_url" in refusal.codes:
        problem = f"the gateway asks its provider for {call.path}, which it does not have"
        return 2, problem, causes.BASE_URL.whose, f"{causes.BASE_URL.what_to_do} {look}"
    why = call.problem or (refusal.message if refusal else "") or "without a word"
    problem = f"the provider refused what the gateway sent on: {why}"
    return 2, problem, WHOSE_GATEWAY, f"Send on what the client sent, as documented. {look}"


def elsewhere(exchange: Exchange, cause: Cause | None) -> Diagnosis | None:
    """Return the diagnosis of a gateway that speaks of a provider, but not of the one that was called.

    Args:
        exchange: a good request that caused no call to the provider that the run plays.
        cause: what its answer tells of.
    """
    if cause not in ELSEWHERE and not (cause is None and is_providers(exchange)):
        return None
    return Diagnosis(
        f"the gateway speaks of a provider, and no call reached the one that this run plays:"
        f" {describe(exchange)}",
        causes.CONFIGURATION,
        "Set the base url of its provider to the address that this run names with --observe, as the"
        " gateway's machine reaches it (docs/observe.md), or leave out --observe.",
        (exchange.id,),
    )
