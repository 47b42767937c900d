"""A client's mistake is not answered as if sending it again could help."""

import itertools
from http import HTTPStatus

from conformance.http.deliveries import MALFORMED
from conformance.http.exchange import Exchange
from conformance.http.status import is_busy
from conformance.judging.busy import refused_for_itself
from conformance.judging.declare import verifies
from conformance.judging.ends import Untestable
from conformance.judging.expect import each, some
from conformance.judging.probe import Probe

# How many mistakes that got 429 are sent again, to tell them from a rate limit.
MOST_LIMITED = 2


@verifies("ERROR-11", reads="every answer", busy=True, probes=True)
def test_a_mistake_is_not_to_be_sent_again(answers: list[Exchange], probe: Probe) -> None:
    mistakes = [
        e
        for e in answers
        if e.request.expected == "refused" and e.reply is not None and e.request.faulty
    ]
    again = [e for e in some(mistakes, "answered mistake") if sent_again(e)]
    judged = [e for e in again if not is_busy(e.reply)] + for_themselves(mistakes, probe)
    each(
        (e, f"answered with {e.status}, so official clients send the faulty request again")
        for e in judged
    )


def sent_again(exchange: Exchange) -> bool:
    """Return whether the official clients send a request again after this answer."""
    told = (exchange.header("x-should-retry") or "").lower()
    if exchange.status == HTTPStatus.REQUEST_TIMEOUT and exchange.request.delivery in MALFORMED:
        return False  # the rest of the message never came (RFC 9110 §15.5.9)
    return not exchange.ok and (exchange.status in (408, 409, 429) or told == "true")


def for_themselves(mistakes: list[Exchange], probe: Probe) -> list[Exchange]:
    """Return the mistakes that get "too many requests" for themselves, and not for a rate limit.

    The first few are looked at: the sender waits before it believes each.

    Raises:
        Untestable: every mistake gets it, so that nothing tells the two apart.
    """
    limited = [e for e in mistakes if is_busy(e.reply)]
    if len(limited) == len(mistakes):
        raise Untestable(
            f"the gateway answered each mistake with {limited[0].status}, which asks to try again"
            " later: raise its rate limit, or lower --concurrency"
        )
    found = (e for e in limited[:MOST_LIMITED] if refused_for_itself(probe, e, mistakes))
    return list(itertools.islice(found, 1))
