"""The gateway's process outlives every request, and nothing follows an answer."""

from conformance.http.exchange import Exchange
from conformance.judging.declare import Record, observes, verifies
from conformance.judging.expect import each, some
from conformance.judging.falls import charge, restarts
from conformance.judging.probe import Probe


@verifies("ROBUST-5", reads="every answer", probes=True)
def test_no_request_ends_the_gateways_process(answers: list[Exchange], probe: Probe) -> None:
    some([e for e in answers if e.reply is not None], "answer")
    charge(probe.falls(), probe.target, {e.id: e.request for e in answers})


@observes("ROBUST-O2", reads="every answer", probes=True)
def test_when_the_gateway_was_restarted(
    answers: list[Exchange], probe: Probe, record: Record
) -> None:
    some([e for e in answers if e.reply is not None], "answer")
    for when in restarts(probe.falls()):
        record(f"it refused connections at {when}, and came back")


@verifies("ROBUST-11", reads="every answer", probes=True)
def test_nothing_follows_an_answer(answers: list[Exchange], probe: Probe) -> None:
    some([e for e in answers if e.reply is not None], "answer")
    known = {e.id: e for e in answers}
    each(
        (known[one.request.id], f"behind its answer came {len(one.content)} bytes: {one.shown}")
        for one in probe.surplus()
        if one.request.id in known
    )
