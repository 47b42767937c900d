"""Which of a run's answers a check on every answer gets."""

from __future__ import annotations

from conformance.judging.declare import Declaration
from conformance.run.fixtures import judged_by
from tests.values import exchange, request

LIMITED = exchange(429, request("limited"))
BUSY = exchange(503, request("busy"), headers=(("retry-after", "1"),))
BROKEN = exchange(503, request("broken"))
ORDERED = exchange(500, request("ordered", provider_fault="500"))
FOREIGN = exchange(200, request("foreign"), filled_by="an earlier run")
PLAIN = exchange(400, request("plain"))
ALL = (LIMITED, BUSY, BROKEN, ORDERED, FOREIGN, PLAIN)


def test_too_many_requests_is_the_answer_to_no_request() -> None:
    assert judged_by(Declaration("ERROR-1"), ALL) == [BROKEN, PLAIN]


def test_a_check_that_looks_for_leaks_gets_that_too() -> None:
    assert judged_by(Declaration("AUTH-15", busy=True), ALL) == [LIMITED, BUSY, BROKEN, PLAIN]


def test_a_check_of_the_cache_gets_what_an_earlier_run_filled() -> None:
    assert judged_by(Declaration("CACHE-1"), ALL) == [BROKEN, FOREIGN, PLAIN]


def test_a_check_of_errors_may_read_those_after_an_ordered_failure() -> None:
    assert judged_by(Declaration("ERROR-4", faults=True), ALL) == [BROKEN, ORDERED, PLAIN]
