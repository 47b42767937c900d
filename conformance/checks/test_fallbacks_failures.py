"""A fallback carries what was asked for, and is asked however the primary fails."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from conformance.cases.fallbacks import carrying, encoding_of, with_fallbacks, working
from conformance.cases.spec import MODEL, PLAIN, Spec, either
from conformance.http.exchange import Exchange
from conformance.judging.declare import sends, verifies
from conformance.judging.ends import NotApplicable, Untestable
from conformance.judging.expect import describe, each, expect, fail
from conformance.judging.fallbacks import where_the_model_fails
from conformance.judging.forwarding import calls_of
from conformance.judging.probe import Probe
from conformance.provider.faults import PREFIX

# A 500 and a 503 are the failing models of FALLBACKS-3 and PROVIDER-9.
FAILURES = ("drop", "no-data", "html")
MORE_FAILURES = ("503", "error-html", "error-empty", "null-data", "empty", "broken-json")
REFUSALS = ("429", "401")


@verifies("FALLBACKS-9", probes=True)
@sends(working)
def test_a_fallback_gives_n_items(exchange: Exchange, probe: Probe) -> None:
    where_the_model_fails(probe)
    encoding = encoding_that_works(exchange)
    answer = exchange
    if exchange.request.asked("response_format") is None:
        # The run got no success with other fields: so these are asked with a single fallback.
        answer = probe.send(either(carrying(with_fallbacks(encoding, MODEL))))
    n = answer.request.asked("n")
    if _has(answer, n):
        return
    # Alone, and with a picture of its own: others in flight, or a cache, may have changed it.
    answer = probe.send(either(carrying(with_fallbacks(encoding, MODEL))))
    direct = probe.send(either(carrying(PLAIN)))
    if _has(answer, n) or not _has(direct, direct.request.asked("n")):
        raise NotApplicable(
            f"alone, or without fallbacks, the same fields fare as badly or better: {direct.outcome}"
        )
    expect(answer).accepted()
    fail(f"{n} items from the fallback", answer)


def _has(exchange: Exchange, n: str | None) -> bool:
    """Return whether a success has as many items as were asked for."""
    return exchange.ok and (n is None or len(exchange.items) == int(n))


def encoding_that_works(exchange: Exchange) -> str:
    """Return the encoding in which a fallback served.

    Raises:
        NotApplicable: none did.
    """
    if not expect(exchange).judged().ok:
        raise NotApplicable(f"no fallback served, which FALLBACKS-3 judges: {exchange.outcome}")
    return encoding_of(exchange.request.label)


@verifies("FALLBACKS-10", probes=True)
@sends(working)
def test_a_fallback_serves_however_the_primary_fails(exchange: Exchange, probe: Probe) -> None:
    full = MORE_FAILURES if probe.facts.profile == "full" else ()
    judged(probe, exchange, (*FAILURES, *full))


@verifies("FALLBACKS-11", probes=True)
@sends(working)
def test_a_fallback_serves_where_the_provider_refuses_the_gateway(
    exchange: Exchange, probe: Probe
) -> None:
    judged(probe, exchange, REFUSALS)


def judged(probe: Probe, exchange: Exchange, faults: Iterable[str]) -> None:
    """Ask a primary that fails in each of these ways, with a fallback that works."""
    calls_of(exchange)
    encoding = encoding_that_works(exchange)
    asked = [(name, probe.send(failing(name, encoding))) for name in faults]
    known = [(name, e) for name, e in asked if reached(name, e)]
    if not known:
        raise Untestable(
            "no call for a model that fails reached the provider: add the models of"
            " `conformance provide` to those that the gateway knows"
        )
    each(problems(e for _, e in known))


def failing(name: str, encoding: str) -> Spec:
    """Return a request whose primary fails in this way, with a fallback that works."""
    model = f"{{model.provider}}/{PREFIX}{name}"
    spec = with_fallbacks(encoding, MODEL, primary=model)
    label = f"a fallback after {name}"
    return either(replace(spec, label=label, provider_fault=name))


def reached(name: str, exchange: Exchange) -> bool:
    return any(call.fault == PREFIX + name for call in calls_of(exchange))


def problems(known: Iterable[Exchange]) -> Iterator[tuple[Exchange, str]]:
    for e in known:
        if not e.ok or not e.items:
            asked = [call.model for call in e.calls or ()]
            yield e, f"calls for {', '.join(asked)}, and the answer is {describe(e)}"
