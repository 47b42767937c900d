"""Cached answers: a hit belongs to its picture, and has what the request asks for."""

from collections.abc import Iterator

from conformance.http import payload
from conformance.http.exchange import Exchange
from conformance.judge.declare import verifies
from conformance.judge.expect import each


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
        if e.from_cache and others[0].request.picture != e.request.picture
    )


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
    each((e, problem) for e in good_hits(answers) for problem in unlike(e))


def unlike(exchange: Exchange) -> Iterator[str]:
    n, size, kind = (exchange.request.asked(k) for k in ("n", "size", "response_format"))
    if n is not None and n.isdigit() and len(exchange.items) != int(n):
        yield f"asked for n={n}, the cached answer has {len(exchange.items)} item(s)"
    if kind and any(isinstance(i, dict) and not i.get(kind) for i in exchange.items):
        yield f"asked for {kind}, the cached answer has no {kind}"
    for index, made in payload.measured(exchange):
        if size and "x" in size and made.size != size:
            yield f"asked for {size}, item {index} of the cached answer has {made.size}"
