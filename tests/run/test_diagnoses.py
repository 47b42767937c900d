"""What the preflight says of calls that reached the provider which the run plays."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.http.provider_call import Answered, Call, Claim
from conformance.run.diagnoses import unobserved
from tests.values import exchange

URL = "http://127.0.0.1:9500"


def call(status: int, pictures: int = 0, **claimed: Any) -> Call:
    answered = Answered(status, pictures=pictures)
    return Call("c", 1.0, "POST", "/v1/images", claim=Claim(**claimed), answered=answered)


OWN = call(400, requests=("a",))
LOST = call(400, refusal="no picture", perhaps=("a",))
STRANGE = call(403, refusal="a stranger's")


@pytest.mark.parametrize(
    ("calls", "said"),
    [
        ((), f"reached the provider at {URL}"),
        ((STRANGE,), "reached the provider at"),
        ((STRANGE,), "1 call(s) came that no request of this run caused"),
        ((OWN, OWN), "2 call(s) of this run came and got no picture"),
        ((LOST, OWN), "1 came without a picture"),
        ((LOST,), "was served by the provider"),
    ],
)
def test_calls_are_told_apart_by_whose_they_are(calls: tuple[Call, ...], said: str) -> None:
    (found,) = unobserved(URL, calls, [exchange(200)])
    assert said in found.problem
    strange = "no request of this run caused" in found.problem
    assert strange is (STRANGE in calls)


def test_a_call_that_was_served_needs_no_diagnosis() -> None:
    assert unobserved(URL, (call(200, 1, requests=("a",)),), [exchange(200)]) == ()
