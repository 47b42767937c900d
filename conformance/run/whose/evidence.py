"""The diagnosis that the evidence tells: the calls to the provider first, then the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conformance.http.said import said
from conformance.judging.expect import describe
from conformance.result.model import Diagnosis
from conformance.run.whose.calls import by_calls, elsewhere
from conformance.run.whose.find import cause_of, furthest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from conformance.http.exchange import Exchange
    from conformance.http.provider_call import Call
    from conformance.http.said import Said
    from conformance.run.whose.causes import Cause
    from conformance.target.target import Target

    Calls = Callable[[], Iterable[Call]] | None

SHORTEST_MASKED = 4


def said_by(target: Target, exchange: Exchange) -> Said | None:
    """Return what an answer says, with marks in the places of what the client sent, or None."""
    reply = exchange.reply
    return said(reply.status, reply.headers, reply.text, _sent(target)) if reply else None


def _sent(target: Target) -> dict[str, str]:
    prefix, _, name = target.model.rpartition("/")
    values = [v for _, v in target.headers if "${" not in v and len(v) >= SHORTEST_MASKED]
    return {
        **dict.fromkeys(values, "«header»"),
        prefix: "«provider»",
        target.host: "«host»",
        urlsplit(target.url).path: "«path»",
        name: "«model»",
        target.model: "«model»",
    }


def cause_in(target: Target, exchange: Exchange) -> Cause | None:
    """Return the cause that an answer tells of, or None."""
    found = said_by(target, exchange)
    return cause_of(found) if found else None


def by_evidence(target: Target, tried: Sequence[Exchange], calls: Calls) -> Diagnosis | None:
    """Return the diagnosis of good requests that got no picture, or None if nothing tells it.

    Where the provider is observed, its calls decide. Else the answer decides of the request that came
    furthest. One that was only rate limited tells nothing of the others.

    Args:
        target: the gateway under test.
        tried: the requests, the plain one first.
        calls: returns the calls to the provider that the run plays; None if it plays none.
    """
    came = tuple(calls()) if calls is not None else ()
    if found := by_calls(tried, came):
        return found
    known = [cause_in(target, e) for e in tried]
    nobody_called = calls is not None and not any(call.is_images for call in came)
    if nobody_called and (found := elsewhere(tried[0], known[0])):
        return found
    number = furthest(known)
    if number is None or (cause := known[number]) is None:
        return None
    forms = f", in {len(tried)} forms" if len(tried) > 1 else ""
    return Diagnosis(
        f"{cause.problem}{forms}: {describe(tried[number])}{_others(tried, known, number)}",
        cause.whose,
        cause.what_to_do,
        tuple(e.id for e in tried),
    )


def _others(tried: Sequence[Exchange], known: Sequence[Cause | None], number: int) -> str:
    """Return what the other forms got, if that was something else."""
    here = (tried[number].status, known[number])
    found: dict[str, str] = {}
    for exchange, cause in zip(tried, known, strict=True):
        if (exchange.status, cause) != here:
            what = exchange.outcome + (f" ({cause.problem})" if cause else "")
            found.setdefault(what, exchange.request.label)
    rows = [f"{label}: {what}" for what, label in found.items()]
    return f". Other answers: {'; '.join(rows)}" if rows else ""
