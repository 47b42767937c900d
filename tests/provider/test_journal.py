"""The calls of one run: what a gateway sends to its provider takes a bounded amount of memory."""

from __future__ import annotations

from conformance.http.provider_call import Call, Part
from conformance.provider.journal import MOST_BYTES, Journal

PARTS = tuple(Part(f"field {i}", "v" * 4_000) for i in range(500))


def call(number: int, *parts: Part) -> Call:
    return Call(f"{number}", 0.0, "POST", "/v1/images/variations", parts=parts)


def test_large_calls_beyond_the_bound_are_kept_without_their_parts_and_say_so() -> None:
    journal = Journal()
    for number in range(30):
        journal.begin(call(number, *PARTS))
    kept = journal.calls()
    assert kept[0].parts == PARTS
    assert journal.problem_of("0") == ""
    assert kept[-1].parts == ()
    assert "larger than the suite keeps" in journal.problem_of("29")
    assert sum(len(p.value) for one in kept for p in one.parts) <= MOST_BYTES


def test_small_calls_are_kept_whatever_came_before() -> None:
    journal = Journal()
    for number in range(30):
        journal.begin(call(number, *PARTS))
    journal.begin(call(30, Part("n", "1")))
    assert journal.calls()[-1].parts == (Part("n", "1"),)
    assert journal.problem_of("30") == ""
