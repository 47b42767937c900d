"""What is not asked for, since it is known to be accepted; and what is asked all the same."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from conformance.http.claims import claimed, cuts, wrapped
from conformance.send.spare import Spare, most_paid
from tests.send.values import answered, asked, pictures

if TYPE_CHECKING:
    from conformance.http.request import Request


def faulty(name: str, **changes: object) -> Request:
    """A request that must be refused; its name makes it another one."""
    fields = (("n", name),)
    known = {"body": name.encode(), "fields": fields, "faulty": "n", "pictures": 0}
    return asked(label=f"n={name}", expected="refused", **{**known, **changes})


A, B, C = (faulty(name) for name in "abc")
ODD = asked(label="odd", body=b"odd", expected="either")
READERS = {r.id: ["N-3"] for r in (A, B, C)} | {ODD.id: ["N-6"]}


def knowing(*found: tuple[Request, int], purse: int = 100) -> Spare:
    """What a run knows after these answers: pictures, or none for a refusal."""
    spare = Spare(READERS, purse)
    for request, made in found:
        answer = pictures(made, request) if made else answered(400, request)
        spare.done(answer, "plan")
    return spare


def test_two_acceptances_decide_a_requirement() -> None:
    assert knowing((A, 1)).why_not(C) == ""
    why = knowing((A, 1), (B, 1)).why_not(C)
    assert why == f"n=a [{A.id}] was accepted already, and so was n=b [{B.id}]"


def test_a_second_look_decides_as_well() -> None:
    spare = knowing((A, 1))
    spare.done(pictures(1, A), "second look")
    assert spare.why_not(C).endswith("and was again on a second look")


def test_with_an_empty_purse_one_acceptance_decides() -> None:
    assert knowing((A, 1), purse=1).why_not(C) == f"n=a [{A.id}] was accepted already"


def test_each_requirement_that_reads_a_request_needs_its_own() -> None:
    both = faulty("d")
    spare = Spare({**READERS, both.id: ["N-3", "N-5"]}, 0)
    spare.done(pictures(1, A), "plan")
    assert spare.why_not(both) == ""
    assert spare.why_not(B) != ""


def test_what_is_refused_on_the_second_look_decides_nothing() -> None:
    spare = knowing((A, 1), (B, 1))
    spare.done(answered(400, A), "second look")
    assert spare.why_not(C) == ""


def test_refusals_spare_nothing() -> None:
    assert knowing((A, 0), (B, 0), purse=0).why_not(C) == ""


@pytest.mark.parametrize(("purse", "spared"), [(1, True), (9, False)])
def test_what_rides_on_an_accepted_fault_is_spared_with_an_empty_purse(
    purse: int, *, spared: bool
) -> None:
    rider = faulty("a", body=b"rider", control=A.id, rides=True)
    assert bool(knowing((A, 1), purse=purse).why_not(rider)) is spared
    assert knowing((A, 0), purse=purse).why_not(rider) == ""


def test_what_may_be_accepted_is_spared_once_its_like_was_and_the_purse_is_empty() -> None:
    assert knowing((A, 1), purse=1).why_not(ODD) == ""
    assert knowing((A, 1), (ODD, 1), purse=1).why_not(ODD) != ""
    assert knowing((ODD, 1), purse=1).why_not(ODD) == ""


def test_a_large_n_waits_for_a_smaller_one() -> None:
    eleven, hundred = faulty("11"), faulty("100")
    spare = Spare({r.id: ["N-2"] for r in (eleven, hundred)}, 0)

    async def both() -> list[str]:
        first = await spare.turn(eleven, "plan")
        second = asyncio.ensure_future(spare.turn(hundred, "plan"))
        await asyncio.sleep(0)
        assert not second.done()
        spare.done(pictures(11, eleven), "plan")
        return [first, await second]

    assert asyncio.run(both()) == ["", f"n=11 [{eleven.id}] was accepted already"]


def test_good_requests_and_second_looks_are_never_spared() -> None:
    spare = knowing((A, 1), (B, 1), purse=0)
    assert asyncio.run(spare.turn(asked(), "plan")) == ""
    assert asyncio.run(spare.turn(C, "second look")) == ""
    assert asyncio.run(spare.turn(C, "plan")) != ""


@pytest.mark.parametrize(
    ("n", "made", "cut"),
    [
        ("11", 11, {}),
        ("-1", 1, {}),
        ("abc", 1, {}),
        ("4294967304", 2**32 + 8, {32: 8}),
        ("18446744073709551617", 2**64 + 1, {32: 1, 64: 1}),
        ("9" * 5000, 1, {}),
    ],
)
def test_what_a_gateway_makes_that_honours_any_n(n: str, made: int, cut: dict[int, int]) -> None:
    request = faulty(n)
    assert claimed(request) == made
    assert cuts(request) == cut
    assert wrapped(request) == max(cut.values(), default=1)


def test_the_most_that_is_paid() -> None:
    assert most_paid([asked(pictures=5), A, B, ODD], READERS, purse=7) == 5 + 7 + 3 + 2
