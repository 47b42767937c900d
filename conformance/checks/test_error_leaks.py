"""What an error tells of the gateway's inside beside traces and paths: addresses, classes, queries."""

from conformance.http.exchange import Exchange
from conformance.judging import leaks
from conformance.judging.declare import verifies
from conformance.judging.ends import NotApplicable
from conformance.judging.expect import each, some
from conformance.judging.forwarding import told

INSIDE = (leaks.SOCKETS, leaks.HOSTS, leaks.CLASSES, leaks.QUERIES, leaks.VARIABLES)


@verifies("ERROR-12", reads="every answer", busy=True)
def test_no_answer_shows_the_inside_of_the_gateway(answers: list[Exchange]) -> None:
    """Where the suite plays the provider and had it fail, the checks of PROVIDER read the answer."""
    errors = [e for e in answers if e.reply is not None and not (e.ok and e.items)]
    # A stack trace names classes, too: ERROR-9 judges it.
    traced = {e.id for e in errors if leaks.leak(leaks.TRACES, e)}
    judged = [e for e in errors if e.id not in traced and not any(call.fault for call in told(e))]
    if traced and not judged:
        raise NotApplicable("each error shows a stack trace, which ERROR-9 judges")
    each((e, found) for e in some(judged, "error body") if (found := leaks.first(INSIDE, e)))
