"""What a run has sent and spent, by what it was for."""

from __future__ import annotations

from conformance.send.usage import Usage, by_clause
from tests.send.values import asked, pictures


def test_requests_are_counted_by_purpose_and_tries() -> None:
    usage = Usage()
    usage.began("plan", 0)
    usage.began("plan", 1)
    usage.began("second look", 0)
    usage.began("probe", 0)
    assert (usage.requests, usage.retried, usage.second_looks, usage.probes) == (4, 1, 1, 1)
    usage.ended("probe", pictures(2))
    assert (usage.in_flight, usage.most_in_flight, usage.images) == (3, 4, 2)


def test_the_pictures_of_the_plan_are_split_by_clause() -> None:
    usage, one, two, three = Usage(), asked(copy=1), asked(copy=2), asked(copy=3)
    for request, count in ((one, 1), (two, 2), (three, 3)):
        usage.ended("plan", pictures(count, request))
    usage.ended("second look", pictures(4, one))
    clauses = {one.id: "n", two.id: "size"}
    assert by_clause(usage.pictures, clauses) == {"second look": 4, "other": 3, "size": 2, "n": 1}


def test_what_an_earlier_run_settled_is_counted_apart() -> None:
    usage = Usage()
    usage.took_over(pictures(2))
    assert (usage.taken_over, usage.taken_over_images, usage.requests) == (1, 2, 0)
