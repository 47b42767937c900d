"""Forms that are long in one place: what takes a parser minutes for a megabyte ends a service."""

from conformance.cases.long_forms import LONG
from conformance.http.exchange import Exchange
from conformance.judging.declare import sends, verifies
from conformance.judging.expect import answered_like_its_control, fail
from conformance.judging.pace import cut_off, out_of_proportion
from conformance.judging.probe import Probe


@verifies("IMAGE-12", probes=True)
@sends(LONG)
def test_a_long_form_is_answered_in_time(exchange: Exchange, probe: Probe) -> None:
    harmless = exchange.control
    if not cut_off(exchange):
        answered_like_its_control(exchange)
    if harmless is None or not out_of_proportion(exchange, harmless):
        return
    # A pause of the machine is no defect: what is slow of itself is slow again.
    again = probe.again(exchange.request)
    if out_of_proportion(again, probe.again(harmless.request)):
        fail(
            f"an answer in about the time of a harmless form of this size ({harmless.elapsed_s:.1f} s);"
            f" it took {exchange.elapsed_s:.1f} s, and {again.elapsed_s:.1f} s when asked again alone",
            exchange,
        )
