"""Calls that follow another call for the same request: they end, and each carries the picture."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from conformance.http.exchange import Exchange
from conformance.http.provider_call import Call
from conformance.judging.declare import verifies
from conformance.judging.ends import NotApplicable
from conformance.judging.expect import each, some
from conformance.judging.forwarding import lost_calls, told, wanted
from conformance.judging.probe import Probe
from conformance.plan.declared import NOT_OBSERVED

MOST_CALLS = 10
# How many requests are sent again, alone, to find the one whose call lost its picture.
MOST_CANDIDATES = 6
# Faults that take seconds.
LONG = ("slow", "endless")


@verifies("PROVIDER-18", reads="provider calls")
def test_retries_end(forwarded: list[Exchange]) -> None:
    each(
        (e, f"{count} calls for {name}")
        for e in some([e for e in forwarded if told(e)], "call to the provider")
        for name, count in counted(e)
        if count > MOST_CALLS * max(wanted(e) or 1, 1) * (1 + len(e.earlier))
    )


def counted(exchange: Exchange) -> list[tuple[str, int]]:
    names = [call.model for call in told(exchange)]
    return [(name, names.count(name)) for name in dict.fromkeys(names)]


@verifies("PROVIDER-21", probes=True)
def test_each_call_carries_the_picture(probe: Probe) -> None:
    if probe.strangers() is None:
        raise NotApplicable(NOT_OBSERVED)
    known = {e.id: e for e in probe.answers()}
    judged = [e for e in known.values() if e.request.picture and told(e)]
    some(judged, "call with a picture")
    suspects = candidates(lost_calls(probe), known)
    proofs = (found for e in suspects for found in lost_again(probe, e))
    each(islice(proofs, 1))


def candidates(calls: list[Call], known: dict[str, Exchange]) -> list[Exchange]:
    """Return the requests whose picture those calls may have lost, the likeliest first.

    Each has had a call with its picture: a gateway that finds no picture in a form may call without
    one, which MEDIA and IMAGE judge. Likeliest is what had a call that failed on order, and so a
    retry, and then what was in flight most often.
    """
    often = Counter(id_ for call in calls for id_ in call.claim.perhaps)
    found = [known[i] for i in often if i in known and known[i].request.picture]
    found = [e for e in found if e.request.expected != "refused" and told(e)]
    found = [e for e in found if e.request.provider_fault not in LONG]
    found.sort(key=lambda e: (not any(c.fault for c in told(e)), -often[e.id]))
    return found[:MOST_CANDIDATES]


def lost_again(probe: Probe, exchange: Exchange) -> Iterator[tuple[Exchange, str]]:
    """Send a request again, alone, and yield what it called for without its picture."""
    before = {call.id for call in lost_calls(probe)}
    name = f"alone, for the calls of {exchange.id}"
    again = probe.again(replace(exchange.request, connection=name, after=None, purpose="probe"))
    for call in lost_calls(probe):
        if call.id not in before and call.claim.perhaps == (again.id,):
            how = f"{call.body_bytes} bytes" if call.body_bytes else "an empty body"
            yield again, f"call {call.id} has no picture but {how}; an earlier call had it"
