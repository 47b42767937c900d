"""The picture of a timeline: everything within its frame, whatever a result says."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from conformance.reports import html
from conformance.reports.timeline import BASE_ANSWERS, HIGH_ANSWERS, drawing
from conformance.result.timeline import MOST_SLOTS, Moment, Timeline

from . import samples
from .samples.many import timeline


def percent(text: str) -> float:
    return float(text.removesuffix("%"))


def test_it_shows_what_went_on_and_says_it_in_words_and_numbers() -> None:
    drawn = drawing(timeline())
    assert drawn is not None
    assert {b.kind for b in drawn.bars} == {
        *("t-flight", "t-success", "t-refusal", "t-limited", "t-error", "t-pictures")
    }
    assert {m.kind for m in drawn.marks} == {"m-fall", "m-wait", "m-again", "m-finding"}
    assert drawn.summary.startswith("In 12.0 s 447 answers came, with 72 pictures; at most 4")
    assert len(drawn.rows) == 12
    assert sum(row.pictures for row in drawn.rows) == 72
    assert drawn.rows[0].time == "0 ms to 1.0 s"
    assert "5xx" in drawn.rows[0].answers
    assert [text for *_, text in drawn.ticks] == ["0 s", "6.0 s", "12.0 s"]


@pytest.mark.parametrize("line", [timeline(), samples.ALL["hostile"]().timeline])
def test_nothing_stands_outside_the_frame(line: Timeline) -> None:
    drawn = drawing(line)
    assert drawn is not None
    for bar in drawn.bars:
        assert percent(bar.x) + percent(bar.width) <= 100.01
        assert float(bar.y) >= 0
        assert float(bar.height) >= 1
    for mark in drawn.marks:
        assert 0 <= percent(mark.x) + percent(mark.width or "0%") <= 100.01
    answers = [b for b in drawn.bars if b.kind in ("t-success", "t-refusal", "t-error")]
    assert min(float(b.y) for b in answers) >= BASE_ANSWERS - HIGH_ANSWERS - 2


def test_findings_that_showed_close_together_share_a_mark() -> None:
    moments = [Moment("finding", 5 + n / 100, f"finding {n} first showed", 0.0, n) for n in (3, 2)]
    drawn = drawing(replace(timeline(), moments=(*moments, Moment("finding", 9.0, "x", 0.0, 7))))
    assert drawn is not None
    found = [m for m in drawn.marks if m.kind == "m-finding"]
    assert [m.label for m in found] == ["2+", "7"]
    assert "finding 3 first showed; finding 2 first showed" in found[0].text


@pytest.mark.parametrize(
    "line",
    [
        None,
        Timeline(0.1, ()),
        Timeline(0.0, (1,), sent=1),
        Timeline(float("inf"), (1,), sent=1),
        Timeline(0.1, (0,) * MOST_SLOTS, sent=0),
    ],
)
def test_where_there_is_nothing_to_draw_there_is_no_picture(line: Timeline | None) -> None:
    assert drawing(line) is None
    page = html.render(replace(samples.conformant(), timeline=line))
    assert 'id="timeline"' not in page


def test_a_longer_one_than_any_run_makes_is_cut() -> None:
    line = replace(
        timeline(),
        in_flight=(1,) * 5000,
        answers={"success": (1,) * 5000},
        pictures=(1,) * 5000,
        moments=tuple(Moment("finding", n / 10, "x", 0.0, n) for n in range(5000)),
    )
    page = html.render(replace(samples.conformant(), timeline=line))
    assert page.count('<rect class="t-') <= 3 * MOST_SLOTS + 3
    assert page.count("<tr>") < 200


def test_a_moment_leads_to_its_finding_if_there_is_one() -> None:
    result = samples.nonconformant()
    moments = tuple(Moment("finding", 1.0, "shown", 0.0, n) for n in (1, 99))
    page = html.render(replace(result, timeline=replace(timeline(), moments=moments)))
    assert re.findall(r'href="#finding-(\d+)">shown', page) == ["1"]
