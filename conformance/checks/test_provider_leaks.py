"""What an error shows of the way to the provider: its address, the program, its page."""

from collections.abc import Iterator

from conformance.http.exchange import Exchange
from conformance.judging import leaks
from conformance.judging.declare import verifies
from conformance.judging.expect import each, where_present
from conformance.judging.forwarding import FAILED, failed_on_order, told


@verifies("PROVIDER-23", reads="provider calls")
def test_no_failure_of_the_provider_shows_the_way_there(forwarded: list[Exchange]) -> None:
    found = where_present(failed_on_order(forwarded), FAILED)
    each((e, text) for e in found for text in way_there(e))


def way_there(exchange: Exchange) -> Iterator[str]:
    """Yield what an error shows of the program and of the way to its provider."""
    if text := leaks.first((leaks.SOCKETS, leaks.CLASSES, leaks.PAGES), exchange):
        yield text
    own = exchange.request.url
    hosts = {v for c in told(exchange) for k, v in c.headers if k.lower() == "host"}
    shown = [host for host in sorted(hosts) if host in exchange.text and host not in own]
    if shown:
        yield f"the answer shows the provider's address {shown[0]!r}"
