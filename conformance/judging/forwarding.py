"""Reads an exchange together with the calls that it caused at the provider."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from conformance.http.status import is_error, is_refusal, was_never_asked
from conformance.judging.ends import NotApplicable, Untestable
from conformance.judging.expect import fail, known_object, not_rate_limited
from conformance.plan.declared import NOT_OBSERVED
from conformance.provider.faults import PREFIX
from conformance.provider.likeness import ALIKE, distance, look

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.http.exchange import Exchange
    from conformance.http.provider_call import Call, Part
    from conformance.judging.probe import Probe

# What a check of the provider's side misses if a run has none, in the words of `expect.some`.
MADE = "success whose calls to the provider are known"
FAILED = "error after a failure of the provider"
LOSSY = frozenset({"jpeg", "webp"})


def calls_of(exchange: Exchange) -> tuple[Call, ...]:
    """Return the calls that an exchange caused.

    Raises:
        NotApplicable: the run did not observe the provider.
        Untestable: the attribution is unclear: the calls may be those of another exchange.
    """
    if exchange.calls is None:
        raise NotApplicable(NOT_OBSERVED)
    if exchange.calls_unclear:
        raise Untestable(exchange.calls_unclear)
    return exchange.calls


def told(exchange: Exchange) -> tuple[Call, ...]:
    """Return the calls that an exchange caused; none if the attribution is unclear."""
    return () if exchange.calls_unclear else exchange.calls or ()


def successes(forwarded: Iterable[Exchange]) -> list[Exchange]:
    """Return the successes that the provider made: each has calls of its own, and none is cached.

    Requests that asked the provider to fail are left out: other checks judge them.
    """
    good = (e for e in forwarded if e.ok and not e.from_cache and not e.request.provider_fault)
    return [e for e in good if makers(e)]


def makers(exchange: Exchange) -> list[Call]:
    """Return the calls that made an answer; none if the attribution is unclear."""
    if exchange.calls_unclear:
        return []
    return [c for c in exchange.calls or () if c.served and c.settled]


def wanted(exchange: Exchange) -> int | None:
    """Return how many pictures a request asks for; None if servers may read its n differently."""
    n = exchange.request.asked("n")
    if n is None:
        return len(exchange.items)
    return int(n) if re.fullmatch(r"[0-9]{1,9}", n) else None


def shows(part: Part, content: bytes) -> bool:
    """Return whether a file shows a picture: the same bytes, or pixels, or similar ones if lossy."""
    if part.sha256 == hashlib.sha256(content).hexdigest():
        return True
    seen = look(content)
    if not seen.pixels or (part.width, part.height) != seen.size:
        return False
    if part.pixels == seen.pixels:
        return True
    small = bytes.fromhex(part.small)
    return part.format in LOSSY and distance(small, seen.small) <= ALIKE


def failed_at_provider(exchange: Exchange) -> tuple[Call, ...]:
    """Return the calls of a request that asked the provider to fail.

    Raises:
        Untestable: no such call reached the provider, or another model served instead, or the
            gateway's rate limit came before it.
    """
    calls = calls_of(exchange)
    asked = PREFIX + exchange.request.provider_fault
    if not any(call.fault == asked for call in calls):
        not_rate_limited(exchange, "the request")
        advice = (
            ": add it to the models that the gateway knows; `conformance provide` lists all"
            if is_refusal(exchange)
            else ""
        )
        raise Untestable(
            f"no call for the model {asked} reached the provider ({exchange.outcome}){advice}"
        )
    if any(call.served and not call.fault for call in calls):
        raise Untestable("the gateway used another model instead, so the failure does not show")
    return calls


def has_envelope(exchange: Exchange) -> bool:
    """Return whether an answer is an error in the documented envelope."""
    message = known_object(exchange.body.get("error")).get("message")
    told = isinstance(exchange.body.get("is_bifrost_error"), bool)
    return (
        is_error(exchange.status)
        and told
        and isinstance(message, str)
        and bool(message.strip())
        and exchange.media_type == "application/json"
    )


def failed_on_order(forwarded: Iterable[Exchange]) -> list[Exchange]:
    """Return the errors that answer a request of which a call failed as it was ordered to."""
    found = (e for e in forwarded if is_error(e.status))
    return [e for e in found if any(call.fault for call in told(e))]


def lost_calls(probe: Probe) -> list[Call]:
    """Return the calls without a picture that came while requests of this run were in flight."""
    return [call for call in probe.strangers() or () if call.is_images and call.claim.perhaps]


def enveloped(exchange: Exchange) -> None:
    """Expect an error in the documented envelope, after the provider failed."""
    failed_at_provider(exchange)
    if was_never_asked(exchange):
        raise Untestable(f"{exchange.failure}: {exchange.failure_text}")
    if not has_envelope(exchange):
        fail("an error (4xx or 5xx) with is_bifrost_error and error.message, as JSON", exchange)
