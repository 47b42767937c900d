"""The gateway's process outlives every request, and nothing follows an answer."""

from conformance.http.exchange import Exchange
from conformance.judge.declare import verifies
from conformance.judge.expect import some
from conformance.judge.falls import charge
from conformance.judge.probe import Probe


@verifies("ROBUST-5", reads="every answer", probes=True)
def test_no_request_ends_the_gateways_process(answers: list[Exchange], probe: Probe) -> None:
    some([e for e in answers if e.reply is not None], "answer")
    charge(probe.falls(), probe.target)
