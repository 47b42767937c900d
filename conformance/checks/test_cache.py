"""Cached answers and tenants: a hit is told as one, belongs to its request, and to its owner."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from conformance.cases.spec import PLAIN, Upload, variation
from conformance.http import payload
from conformance.http.exchange import Credential, Exchange
from conformance.judge.declare import sends_together, verifies
from conformance.judge.ends import NotApplicable
from conformance.judge.expect import each, expect, fail, known_object

CANARY = "canary-7f3a-of-tenant-a"


def hits(answers: list[Exchange]) -> list[Exchange]:
    found = [e for e in answers if e.ok and e.from_cache]
    if not found:
        raise NotApplicable("no answer came from a cache")
    return found


def debug(exchange: Exchange) -> dict[str, Any]:
    return known_object(known_object(exchange.body.get("extra_fields")).get("cache_debug"))


@verifies("BODY-15", reads="every answer")
def test_a_hit_says_what_was_hit(answers: list[Exchange]) -> None:
    each((e, problem) for e in hits(answers) for problem in silent(debug(e)))


def silent(told: dict[str, Any]) -> Iterator[str]:
    for key in ("cache_id", "hit_type"):
        if not told.get(key):
            yield f"cache_hit is true, and {key} is missing"
    similarity, threshold = told.get("similarity"), told.get("threshold")
    if (
        isinstance(similarity, int | float)
        and isinstance(threshold, int | float)
        and similarity < threshold
    ):
        yield f"similarity {similarity} is below the threshold {threshold}"


@verifies("CACHE-1", reads="every answer")
def test_another_picture_is_no_hit(answers: list[Exchange]) -> None:
    """Two answers that say they are one cache entry were made from the same picture."""
    made_from: dict[tuple[str, str], list[Exchange]] = {}
    for e in answers:
        for entry in entries(e) if e.ok and e.request.picture else ():
            made_from.setdefault(entry, []).append(e)
    each(
        (e, f"its cached answer is also that of {others[0].request.label}, another picture")
        for entry, others in made_from.items()
        for e in others
        if e.from_cache and others[0].request.picture != e.request.picture
    )


def good_hits(answers: list[Exchange]) -> list[Exchange]:
    """The hits of good requests: what should have been refused asked for nothing that counts."""
    return [e for e in answers if e.ok and e.from_cache and e.request.expected == "accepted"]


def entries(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """What two answers from one cache entry share: its id, and the pictures themselves."""
    told = debug(exchange)
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


OWNERS = replace(
    variation("tenant A's request", user=CANARY), upload=Upload(filename=f"{CANARY}.png")
)
OTHERS = replace(
    OWNERS,
    label="tenant B repeats it",
    credential=Credential("other-tenant"),
    same_picture_as=OWNERS,
    after=OWNERS,
)
OTHERS_OWN = replace(
    PLAIN, label="tenant B's own request", credential=Credential("other-tenant"), after=OWNERS
)


@verifies("TENANT-1")
@sends_together(owner=OWNERS, other=OTHERS)
def test_a_tenant_gets_no_hit_of_another(exchanges: dict[str, Exchange]) -> None:
    if expect(exchanges["owner"]).accepted().from_cache:
        raise NotApplicable(
            "an earlier run asked the same, so that a hit may be the tenant's own; give another --seed"
        )
    if expect(exchanges["other"]).accepted().from_cache:
        fail("no cache hit for another tenant", exchanges["other"])


@verifies("TENANT-2")
@sends_together(owner=OWNERS, own=OTHERS_OWN)
def test_what_a_tenant_sent_reaches_no_other(exchanges: dict[str, Exchange]) -> None:
    expect(exchanges["owner"]).accepted()
    other = expect(exchanges["own"]).judged()
    headers = " ".join(value for _, value in other.reply.headers) if other.reply else ""
    if CANARY in other.text + headers:
        fail(f"nothing of tenant A's {CANARY!r} in an answer to tenant B", other)
