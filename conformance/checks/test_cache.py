"""Cached answers: a hit belongs to its picture, and has what the request asks for."""

from collections.abc import Iterator
from dataclasses import replace

from conformance.cases.spec import FAILING_MODEL, PLAIN, either, variation
from conformance.cases.unknown import JUST_SERVED, OF_UNKNOWN_MODEL
from conformance.http import payload
from conformance.http.exchange import Exchange
from conformance.http.images import looking
from conformance.judging.declare import sends, verifies
from conformance.judging.ends import NotApplicable, Untestable
from conformance.judging.expect import each, expect, fail, where_present
from conformance.judging.fallbacks import FAILING
from conformance.judging.probe import Probe


@verifies("CACHE-1", reads="every answer")
def test_another_picture_is_no_hit(answers: list[Exchange]) -> None:
    """No hit has another picture's answer: two pictures have no entry in common, a new one has none."""
    each(
        (e, "nobody had sent this picture before, and the answer says that it comes from the cache")
        for e in answers
        if e.filled_by == "nobody"
    )
    made_from: dict[tuple[str, str], list[Exchange]] = {}
    for e in answers:
        for entry in entries(e) if e.ok and e.request.picture else ():
            made_from.setdefault(entry, []).append(e)
    each(
        (e, f"the cache gives the answer of {others[0].request.label}, which has another picture")
        for entry, others in made_from.items()
        for e in others
        if e.from_cache
        and others[0].request.picture != e.request.picture
        and not shows_another(e, others[0])
    )


def shows_another(exchange: Exchange, other: Exchange) -> bool:
    """Return whether two answers visibly hold different pictures: then an id names no entry."""
    firsts = [next(iter(payload.contents(e)), None) for e in (exchange, other)]
    known = [looking.digest(one.content) for one in firsts if one is not None]
    return len({*known}) > 1


def good_hits(answers: list[Exchange]) -> list[Exchange]:
    """Return the cache hits of good requests: only those ask for something that a hit must keep."""
    return [e for e in answers if e.ok and e.from_cache and e.request.expected == "accepted"]


def entries(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """Yield what two answers from one cache entry share: its id, and the first picture."""
    told = exchange.cache_debug
    if told.get("cache_id"):
        yield ("cache_id", str(told["cache_id"]))
    for item in payload.objects(exchange)[:1]:
        if item.get("url") or item.get("b64_json"):
            yield ("picture", str(item.get("url") or item["b64_json"]))


@verifies("CACHE-2", reads="every answer")
def test_a_hit_keeps_what_was_asked_for(answers: list[Exchange]) -> None:
    hits = where_present(good_hits(answers), "good request that a cache answered")
    each((e, problem) for e in hits for problem in unlike(e))


# The plain request with another model; the gateway has just served the plain one.
OTHER_MODEL = either(
    replace(
        variation("the plain request for the failing model", model=FAILING_MODEL),
        same_picture_as=PLAIN,
        after=PLAIN,
    )
)


@verifies("CACHE-2", probes=True)
@sends([OTHER_MODEL])
def test_another_model_is_no_hit(exchange: Exchange, probe: Probe) -> None:
    """The failing model never answers, so that a success is the answer of the other model."""
    if not expect(probe.send(PLAIN)).judged().ok:
        raise Untestable("the gateway did not accept the plain request, so no cache has its answer")
    if probe.send(FAILING).ok:
        raise NotApplicable(
            f"the gateway serves {probe.target.failing_model}, so it does not fail: name another"
            " model with --failing-model, one that always fails"
        )
    if expect(exchange).judged().ok:
        fail(f"no success of {probe.target.failing_model}, which fails for a new picture", exchange)


@verifies("CACHE-2", probes=True)
@sends([JUST_SERVED])
def test_an_unknown_model_is_no_hit(exchange: Exchange, probe: Probe) -> None:
    """A gateway that serves whatever it is asked for has another fault: MODEL-5 says so."""
    if not expect(probe.send(PLAIN)).judged().ok:
        raise Untestable("the gateway did not accept the plain request, so no cache has its answer")
    if expect(probe.send(OF_UNKNOWN_MODEL)).judged().ok:
        raise NotApplicable("the gateway serves a model that does not exist for a new picture too")
    if expect(exchange).judged().ok:
        fail("no success of a model that is refused for a new picture", exchange)


def unlike(exchange: Exchange) -> Iterator[str]:
    n, size, kind = (exchange.request.asked(k) for k in ("n", "size", "response_format"))
    if n is not None and n.isdigit() and len(exchange.items) != int(n):
        yield f"asked for n={n}, the cached answer has {len(exchange.items)} item(s)"
    if kind and any(isinstance(i, dict) and not i.get(kind) for i in exchange.items):
        yield f"asked for {kind}, the cached answer has no {kind}"
    for index, made in payload.measured(exchange):
        if size and "x" in size and made.size != size:
            yield f"asked for {size}, item {index} of the cached answer has {made.size}"
