"""What a run that plays the provider says besides its verdicts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from conformance.http.provider_call import Answered, Call, Claim
from conformance.result.model import Check, Status
from conformance.run.provider_side import left_to_it, note_on, notes
from tests.values import exchange, request

REFUSED = request("n=11", expected="refused")


def call(status: int = 200, pictures: int = 0, **more: Any) -> Call:
    answered = Answered(status, pictures=pictures)
    return Call("c", 1.0, "POST", "/v1/images/variations", answered=answered, **more)


SENT_ON = exchange(400, REFUSED, calls=(call(400),))


@pytest.mark.parametrize(
    ("one", "left"),
    [
        (SENT_ON, True),
        (replace(SENT_ON, calls=(call(404),)), True),
        (replace(SENT_ON, calls=()), False),
        (replace(SENT_ON, calls=None), False),
        (replace(SENT_ON, calls=(call(200, 1),)), False),
        (replace(SENT_ON, calls=(call(400, fault="fault-400"),)), False),
        (replace(SENT_ON, calls=(call(400, claim=Claim(refusal="a stranger")),)), False),
        (replace(SENT_ON, calls_unclear="two"), False),
        (exchange(200, REFUSED, calls=(call(400),)), False),
        (exchange(400, request("plain"), calls=(call(400),)), False),
    ],
)
def test_what_the_provider_alone_refused_was_left_to_it(one: Any, left: bool) -> None:  # noqa: FBT001 - a row of the table
    assert left_to_it(one) is left


def test_a_requirement_says_what_the_provider_alone_refused() -> None:
    check = Check("node", Status.PASS, exchanges=(SENT_ON.id,))
    left = {SENT_ON.id: SENT_ON}
    assert "n=11" in note_on("An n of 11 is refused.", [check], left)
    assert note_on("A form that should be refused is no server error.", [check], left) == ""
    assert note_on("An n of 11 is refused.", [replace(check, exchanges=("other",))], left) == ""


def test_calls_are_counted_by_what_they_are() -> None:
    calls = [
        call(200, 2),
        call(500),
        call(403, claim=Claim(refusal="a stranger")),
        call(400, claim=Claim(refusal="no picture", perhaps=("a",))),
    ]
    (text,) = notes(calls, [])
    assert "2 call(s) of this run" in text
    assert "1 got 2 pictures" in text
    assert "1 that no request" in text
    assert "1 more had no picture" in text
