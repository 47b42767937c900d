"""Reads an exchange together with the calls that it caused at the provider."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from conformance.http import payload
from conformance.http.status import is_error, was_never_asked
from conformance.judge.ends import NotApplicable, Untestable
from conformance.judge.expect import fail, known_object
from conformance.plan.declared import NOT_OBSERVED
from conformance.provider import proof
from conformance.provider.faults import PREFIX
from conformance.provider.likeness import ALIKE, distance, look

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.http.exchange import Exchange
    from conformance.http.provider_call import Call, Part

# What checks of the provider's side need there to be, as `expect.some` names it.
MADE = "success whose calls to the provider can be told"
LOSSY = frozenset({"jpeg", "webp"})


def calls_of(exchange: Exchange) -> tuple[Call, ...]:
    """Return the calls of an exchange, or end the check where they cannot be told."""
    if exchange.calls is None:
        raise NotApplicable(NOT_OBSERVED)
    if exchange.calls_unclear:
        raise Untestable(exchange.calls_unclear)
    return exchange.calls


def told(exchange: Exchange) -> tuple[Call, ...]:
    """Return the calls of an exchange; none where they cannot be told from another one's."""
    return () if exchange.calls_unclear else exchange.calls or ()


def successes(forwarded: Iterable[Exchange]) -> list[Exchange]:
    """Return the answers that the provider made: successes with calls of their own, none cached.

    Where it failed on order, the checks of that judge.
    """
    good = (e for e in forwarded if e.ok and not e.from_cache and not e.request.provider_fault)
    return [e for e in good if makers(e)]


def makers(exchange: Exchange) -> list[Call]:
    """Return the calls that an answer was made by; none where they cannot be told."""
    if exchange.calls_unclear:
        return []
    return [c for c in exchange.calls or () if c.served and c.settled]


def shows(part: Part, content: bytes) -> bool:
    """Return whether a file shows a picture: its bytes, its pixels, or nearly those if it is lossy."""
    if part.sha256 == hashlib.sha256(content).hexdigest():
        return True
    seen = look(content)
    if not seen.pixels or (part.width, part.height) != seen.size:
        return False
    if part.pixels == seen.pixels:
        return True
    small = bytes.fromhex(part.small)
    return part.format in LOSSY and distance(small, seen.small) <= ALIKE


def proofs(exchange: Exchange) -> list[proof.Proof]:
    """Return what the pictures of an answer say they were made by."""
    found = (proof.read(c.content) for c in payload.contents(exchange))
    return [one for one in found if one is not None]


def failed_at_provider(exchange: Exchange) -> tuple[Call, ...]:
    """Return the calls of a request that the provider failed on order; there must be one."""
    calls = calls_of(exchange)
    asked = PREFIX + exchange.request.provider_fault
    if not any(call.fault == asked for call in calls):
        raise Untestable(
            f"no call for the model {asked} reached the provider ({exchange.outcome}):"
            " add it to the models that the gateway knows; `conformance provide` lists all"
        )
    if any(call.served and not call.fault for call in calls):
        raise Untestable("another model served in its place")
    return calls


def has_envelope(exchange: Exchange) -> bool:
    """Return whether an answer is an error with the documented body."""
    message = known_object(exchange.body.get("error")).get("message")
    told = isinstance(exchange.body.get("is_bifrost_error"), bool)
    return (
        is_error(exchange.status)
        and told
        and bool(message)
        and exchange.media_type == "application/json"
    )


def enveloped(exchange: Exchange) -> None:
    """Expect an error with the documented body for what the provider failed at."""
    failed_at_provider(exchange)
    if was_never_asked(exchange):
        raise Untestable(f"{exchange.failure}: {exchange.failure_text}")
    if not has_envelope(exchange):
        fail("an error (4xx or 5xx) with is_bifrost_error and error.message, as JSON", exchange)
