"""Connections that are used more than once: no request changes the answer to the next one."""

from dataclasses import replace

from conformance.cases import malformed_bodies
from conformance.cases.spec import BAD_N, Spec
from conformance.http import deliveries
from conformance.http.exchange import Exchange
from conformance.http.request import Credential
from conformance.http.status import kind
from conformance.judging.comparing import alike, says_what_is_said_to
from conformance.judging.declare import sends_each, sends_together, verifies
from conformance.judging.ends import Flaky, NotApplicable, Untestable
from conformance.judging.expect import describe, each, expect, where_present
from conformance.judging.flakiness import Flakiness, counts
from conformance.judging.probe import Probe


def on_one_connection(label: str, first: Spec, copy: int = 0) -> dict[str, Spec]:
    """Return a request, and a refused one after it on the same connection."""
    named = f"{label} {copy}" if copy else label
    sent = replace(first, connection=named, copy=copy)
    bad = replace(BAD_N, label="n=abc, on a used connection", connection=named, copy=copy)
    return {"first": sent, "second": replace(bad, after=sent)}


def not_reused(exchanges: dict[str, Exchange], fresh: Exchange) -> str:
    """Return how the second answer differs from one on a new connection, or an empty text."""
    first, second = exchanges["first"], exchanges["second"]
    for exchange in (first, second, fresh):
        expect(exchange).judged()
    if not second.earlier and first.local_port not in (None, second.local_port):
        raise NotApplicable(
            "the connection was not kept after its first answer: a server may close it, and the"
            " suite never does"
        )
    counted = (a for a in second.earlier if counts(a))
    tried = next((a for a in counted if a.status != fresh.status), None)
    if tried is not None:
        return f"got {tried.status or tried.failure}: {tried.text[:200]}"
    if not alike(second, fresh):
        return f"got {describe(second)}"
    if says_what_is_said_to(second, first, fresh):
        return f"got the answer to the request before it once more: {describe(second)}"
    return ""


BEFORE = {
    "a refusal": replace(BAD_N, label="n=abc, first"),
    "no entry": malformed_bodies.WITHOUT_CREDENTIAL,
    "another media type": malformed_bodies.JSON,
}


@verifies("ROBUST-3", probes=True)
@sends_each(
    {name: {**on_one_connection(name, first), "fresh": BAD_N} for name, first in BEFORE.items()}
)
def test_a_connection_serves_again_after(
    exchanges: dict[str, Exchange], probe: Probe, case: str
) -> None:
    problem = not_reused(exchanges, exchanges["fresh"])
    if not problem:
        return
    # Repeat it: a gateway that fails at random fails here too, and ROBUST-4 judges that.
    repeated = (on_one_connection(case, BEFORE[case], copy) for copy in (1, 2, 3))
    if all(
        not_reused({name: probe.send(spec) for name, spec in specs.items()}, exchanges["fresh"])
        for specs in repeated
    ):
        expected = f"{describe(exchanges['fresh'])}, as on a new connection"
        raise AssertionError(f"expected {expected}\n{problem}")
    raise Flaky(f"{problem}; when repeated, the gateway answered as on a new connection")


@verifies("ROBUST-3", reads="every answer", probes=True)
def test_no_answer_depends_on_what_its_connection_served(
    answers: list[Exchange], flakiness: Flakiness
) -> None:
    where_present([e for e in answers if e.reused], "request on a connection that served before")
    each(flakiness.because_of("used connection"))


PIPELINED = replace(
    BAD_N, label="n=abc, and behind it the same without a credential", delivery=deliveries.PIPELINED
)
# The bytes of the second request of that delivery, sent alone.
ANONYMOUS = replace(BAD_N, label="n=abc without a credential", credential=Credential(name=""))


@verifies("ROBUST-9", probes=True)
@sends_together(both=PIPELINED, first=BAD_N, second=ANONYMOUS)
def test_pipelined_requests_are_answered_in_their_order(
    exchanges: dict[str, Exchange], probe: Probe
) -> None:
    alone = tuple(expect(exchanges[name]).judged().status for name in ("first", "second"))
    if list(map(kind, alone)) != [4, 4]:
        raise Untestable("the gateway does not refuse both requests when each is sent alone")
    problem = out_of_order(expect(exchanges["both"]).judged(), alone)
    if not problem and alone[0] == alone[1]:
        raise NotApplicable(f"the gateway answers both with {alone[0]}, so no order shows")
    if not problem:
        return
    again = probe.send(replace(PIPELINED, copy=1))
    if out_of_order(expect(again).judged(), alone):
        raise AssertionError(
            f"expected {alone[0]}, then {alone[1]} or a closed connection\n{problem}"
        )
    raise Flaky(f"{problem}; when repeated, the answers came in order")


def out_of_order(both: Exchange, alone: tuple[int | None, ...]) -> str:
    """Return how the answers to two pipelined requests differ from those to each alone."""
    got = (both.status, *(reply.status for reply in both.behind))
    if both.status is None:
        return f"got {both.outcome}"
    return "" if got == alone[: len(got)] else "got " + ", then ".join(map(str, got))
