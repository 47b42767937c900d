"""What a run says first if the gateway's process ended."""

from __future__ import annotations

from conformance.result.model import PROCESS, Diagnosis
from conformance.result.verdict import reached
from conformance.run.ended import fell, with_suspects
from conformance.send.outages.asked import Asked
from conformance.send.outages.falls import Culprit, Fall
from tests.values import exchange, request

ODD = request("odd", expected="refused")
LAST = Asked(ODD, 0, 1, 400, "400")


def fall(*, back: bool, culprit: bool = False, sure: bool = True) -> Fall:
    found = (Culprit(exchange(200, ODD), "it ended twice", "odd"),) if culprit else ()
    return Fall(0.0, 1.0, sure, [LAST], back, looked_into=True, culprits=found)


def test_a_culprit_is_named_first() -> None:
    (found,) = fell([fall(back=True), fall(back=True, culprit=True), fall(back=True, culprit=True)])
    assert found.problem.startswith("your gateway's process ended: because of odd [")
    assert found.problem.count("odd") == 1
    assert found.exchanges == (ODD.id,)


def test_a_process_that_did_not_come_back_is_told_with_what_it_was_asked_last() -> None:
    (found,) = fell([fall(back=True), fall(back=False)])
    assert found.problem.startswith("your gateway's process ended: connections were refused from")
    assert "odd (400)" in found.what_to_do
    assert found.exchanges == (ODD.id,)


def test_a_restart_without_a_culprit_is_no_diagnosis() -> None:
    assert fell([fall(back=True), fall(back=False, sure=False)]) == ()
    assert fell([]) == ()


def test_what_was_judged_before_the_process_ended_stays_judged() -> None:
    ended = fell([fall(back=False)])
    assert ended[0].whose == PROCESS
    assert reached(ended)
    assert not reached((*ended, Diagnosis("no route", "the address", "check it")))


def test_what_was_asked_last_is_in_the_record_even_if_a_batch_forgot_it() -> None:
    known = exchange(400, ODD)
    assert with_suspects([], [fall(back=False)])[0].status == 400
    assert with_suspects([known], [fall(back=False)]) == [known]
    assert with_suspects([], [fall(back=True)]) == []
