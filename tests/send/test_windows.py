"""The windows that people give to limits."""

from __future__ import annotations

import pytest

from conformance.send.rates.windows import length, turns


def test_each_window_turns_a_little_after_its_length() -> None:
    assert turns(0.0) == pytest.approx([1.05, 10.1, 60.6])
    assert turns(50.0) == pytest.approx([-48.95, -39.9, 10.6])


@pytest.mark.parametrize(
    ("least_s", "most_s", "length_s"), [(50, 75, 60), (0.9, 1.05, 1), (0.5, 11, 10), (2, 4, 3)]
)
def test_a_usual_length_is_taken_where_it_is_possible(
    least_s: float, most_s: float, length_s: float
) -> None:
    assert length(least_s, most_s) == length_s
