"""Each way in which a check ends has one status."""

from __future__ import annotations

import pytest

from conformance.judging.ends import NotApplicable, Untestable
from conformance.judging.outcome import status_of
from conformance.result.model import Status


@pytest.mark.parametrize(
    ("raised", "tied_to", "status"),
    [
        (None, "N-2", Status.PASS),
        (AssertionError("x"), "N-2", Status.FAIL),
        (AssertionError("x"), "N-5", Status.WARN),
        (AssertionError("x"), "N-O1", Status.WARN),
        (Untestable("x"), "N-2", Status.UNTESTABLE),
        (NotApplicable("x"), "N-2", Status.NOT_APPLICABLE),
        (ValueError("x"), "N-5", Status.ERROR),
    ],
)
def test_the_end_of_a_check_has_one_meaning(
    raised: Exception | None, tied_to: str, status: Status
) -> None:
    assert status_of(raised, tied_to)[0] is status
