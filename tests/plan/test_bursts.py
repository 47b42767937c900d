"""The order in which requests are sent: bursts, pictures, refusals."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.cases.spec import PLAIN, fault, variation
from conformance.plan import bursts
from conformance.plan.plan import Plan
from tests.serving import target_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.cases.spec import Spec
    from conformance.http.request import Request

FIELDS = ("n", "size", "response_format", "user")


def requests(*specs: Spec) -> list[Request]:
    plan = Plan(target_at("http://127.0.0.1:9"), 1)
    for spec in specs:
        plan.add(spec)
    return list(plan.requests.values())


def good(count: int) -> list[Spec]:
    return [variation(f"good {i}", user=f"u{i}") for i in range(count)]


def bad(count: int) -> list[Spec]:
    control = variation(n=1)
    given: list[dict[str, str]] = [{"n": "1", FIELDS[i % 4]: f"no {i}"} for i in range(count)]
    faults = [variation(f"bad {i}", **fields) for i, fields in enumerate(given)]
    return [fault(spec, control) for spec in faults]


def labels(found: Iterable[Request]) -> list[str]:
    return [r.label for r in found]


def test_everything_is_sent_once_whatever_the_size() -> None:
    known = requests(*good(9), *bad(30), PLAIN)
    for size in (1, 2, 3, 8, 32):
        for ahead in (0, 2):
            ordered = bursts.in_order(known, size, ahead)
            assert sorted(labels(ordered)) == sorted(labels(known)), (size, ahead)


def test_one_after_the_other_refusals_come_first() -> None:
    known = requests(PLAIN, *good(3), *bad(3))
    ordered = bursts.in_order(known, 1)
    assert [r.expected for r in ordered[:3]] == ["refused"] * 3
    assert not any(r.burst for r in ordered)


def test_refusals_have_one_place_while_pictures_are_drawn() -> None:
    known = requests(*good(20), *bad(40))
    ordered = bursts.in_order(known, 4)
    in_bursts = [r for r in ordered if r.burst]
    assert {r.burst for r in in_bursts} == {"burst 1", "burst 2", "burst 3"}
    assert all(r.expected == "accepted" for r in in_bursts[:4])
    # The second burst has two refusals: one slow request is behind it, and then all quick ones.
    second = ordered[4:8]
    assert [r.expected for r in second].count("refused") == 2
    assert ordered[8].expected == "accepted"
    quick = [r for r in ordered if r.expected == "refused" and not r.burst]
    assert ordered[9 : 9 + len(quick)] == quick


def test_beside_the_first_request_goes_a_burst_and_what_takes_its_places() -> None:
    known = requests(*good(9), *bad(9))
    ahead = bursts.beside(known, 4)
    burst = [r for r in ahead if r.burst]
    assert len(burst) == 4
    drawn = [r for r in ahead if r.expected == "accepted"]
    assert len(drawn) == 4
    assert bursts.beside(known, 0) == []


def test_what_is_bound_to_another_request_is_no_part_of_a_burst() -> None:
    bound = replace(variation(n=2), after=PLAIN)
    known = requests(PLAIN, bound, replace(variation(n=3), chunked=True))
    assert labels(bursts.beside(known, 8)) == ["plain"]
