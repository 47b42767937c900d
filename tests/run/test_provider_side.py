"""What a run that plays the provider says besides its verdicts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from conformance.http.provider_call import Answered, Call, Claim, Part
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


BARE = call(400, claim=Claim(refusal="nothing of that run"))


@pytest.mark.parametrize(
    ("one", "lost"),
    [
        (BARE, True),
        (replace(BARE, arrived_at=2.5), False),
        (replace(BARE, arrived_at=0.4), False),
        (replace(BARE, parts=(Part("image", sha256="0"),)), False),
        (replace(BARE, method="GET"), False),
        (replace(BARE, path="/v1/chat/completions"), False),
        (replace(BARE, arrived_at=9.0, claim=Claim(refusal="no", perhaps=("a",))), True),
    ],
)
def test_a_call_without_a_picture_that_came_in_time_may_be_of_the_run(
    one: Call,
    lost: bool,  # noqa: FBT001 - a row of the table
) -> None:
    in_flight = exchange(500, finished_at=2.0, elapsed_s=1.5)
    (text,) = notes([one], [], [in_flight])
    assert ("1 more had no picture" in text) is lost
    assert ("and 1 that no request" in text) is not lost
    assert "0 call(s) of this run" in text


@pytest.mark.parametrize(
    ("pictures", "said"), [((0, 0), "None of them was served"), ((0, 1), "1 of them was served")]
)
def test_calls_without_a_picture_are_said_to_be_served_if_they_were(
    pictures: tuple[int, ...], said: str
) -> None:
    lost = [call(200, n, claim=Claim(refusal="?", perhaps=("a",))) for n in pictures]
    (text,) = notes(lost, [])
    assert said in text
