"""What a success tells about a cache hit."""

from collections.abc import Iterator
from typing import Any

from conformance.http.exchange import Exchange
from conformance.http.reading.short import shown
from conformance.judging.declare import verifies
from conformance.judging.ends import NotApplicable
from conformance.judging.expect import each


def hits(answers: list[Exchange]) -> list[Exchange]:
    found = [e for e in answers if e.ok and e.from_cache]
    if not found:
        raise NotApplicable("no answer came from a cache")
    return found


@verifies("BODY-15", reads="every answer")
def test_a_hit_says_what_was_hit(answers: list[Exchange]) -> None:
    each((e, problem) for e in hits(answers) for problem in silent(e.cache_debug))


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
        yield f"similarity {shown(similarity)} is below the threshold {shown(threshold)}"
