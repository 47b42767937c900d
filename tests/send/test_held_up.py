"""What a run spent its time on."""

from __future__ import annotations

import pytest

from conformance.send.deadlines.held_up import HeldUp, Row, span


def test_what_overlaps_counts_once() -> None:
    row = Row("answers")
    for began, ended in ((0.0, 4.0), (1.0, 5.0), (2.0, 3.0), (9.0, 10.0)):
        row.note(began, ended, f"{began}")
    assert (row.count, row.took_s) == (4, 6.0)
    assert row.told == "4 answers came (6 s)"


def test_what_took_longest_comes_first_and_trifles_are_left_out() -> None:
    held = HeldUp()
    held.note("answers", 0.0, 0.5)
    held.note("refusals", 0.0, 8.0)
    held.note("dropped", 10.0, 14.0)
    assert [row.cause for row in held.worst] == ["refusals", "dropped"]


@pytest.mark.parametrize(
    ("cause", "once"),
    [
        ("refusals", "one faulty request was never answered (2 s)"),
        ("either", "one request that may be accepted or refused was never answered (2 s)"),
        ("dropped", "the run waited once for a gateway that broke its connections (2 s)"),
        ("later", "the run waited since answers asked to come again later (408, 409 or 425) (2 s)"),
        ("rate", "the run kept to the gateway's rate limit (2 s)"),
    ],
)
def test_one_is_told_as_one(cause: str, once: str) -> None:
    row = Row(cause)  # type: ignore[arg-type]  # a parameter is a plain text
    row.note(0.0, 2.0)
    assert row.told == once


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.5, "0.5 s"), (45, "45 s"), (100, "100 s"), (840, "14 min")]
)
def test_times_are_told_as_people_say_them(seconds: float, told: str) -> None:
    assert span(seconds) == told
