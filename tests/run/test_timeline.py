"""The timeline of a run is a function of its record, and no larger for a larger run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.result.finding import Finding
from conformance.result.status import Status
from conformance.result.timeline import MOST_EVENTS, MOST_SLOTS
from conformance.run.record import RunRecord
from conformance.run.timeline import timeline
from conformance.send.outages.falls import Fall
from conformance.send.usage import Usage
from conformance.target.options import Limits, Options
from tests.serving import target_at
from tests.values import URL, attempt, exchange, request

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from conformance.http.exchange import Exchange
    from conformance.result.timeline import Timeline

STARTED = 1_000_000.0
BUSY = {"headers": (("retry-after", "20"),)}


def answered(at: float, status: int | None = 200, took: float = 0.1, **more: Any) -> Exchange:
    label = more.pop("label", f"request {at} {status}")
    return exchange(status, request(label), finished_at=STARTED + at, elapsed_s=took, **more)


def finding(cause: str, *ids: str) -> Finding:
    return Finding(cause, "MUST", Status.FAIL, ("N-2",), ("test_n.py::test_n",), ids)


@pytest.fixture
def record(tmp_path: Path) -> RunRecord:
    options = Options("core", "should", (), (), Limits(), seed=7, report_dir=tmp_path)
    return RunRecord(target_at(URL), options, STARTED, STARTED + 12, (), (), Usage(), {})


def drawn(record: RunRecord, exchanges: Iterable[Exchange], *found: Finding) -> Timeline:
    made = timeline(replace(record, exchanges=tuple(exchanges)), found)
    assert made is not None
    return made


def said(made: Timeline, kind: str) -> list[tuple[float, str]]:
    return [(m.at_s, m.text) for m in made.moments if m.kind == kind]


def test_each_slot_says_what_was_in_flight_and_what_came(record: RunRecord) -> None:
    body = b'{"data": [{"url": "http://a/1"}, {"url": "http://a/2"}]}'
    made = drawn(
        record,
        [answered(1.05, took=1, body=body), answered(1.0, 400, 0.5), answered(6.0, None, 5.0)],
    )
    assert made.slot_s == 0.1
    assert (made.in_flight[0], made.in_flight[7], made.in_flight[30], made.in_flight[-1]) == (
        1,
        2,
        1,
        0,
    )
    assert max(made.in_flight) == 2
    assert {k: sum(v) for k, v in made.answers.items()} == {"success": 1, "refusal": 1, "none": 1}
    assert made.answers["refusal"][10] == 1
    assert made.pictures[10] == 2
    assert sum(made.pictures) == 2
    assert made.sent == 3
    assert said(made, "answers") == [(1.0, "the first answer came, after 1.0 s")]
    assert said(made, "end") == [(12.0, "the run ended after 12.0 s")]


def test_a_finding_shows_when_its_first_exchange_was_answered(record: RunRecord) -> None:
    late, early = answered(9), answered(3, label="n=11")
    made = drawn(record, [early, late], finding("It takes any n", late.id, early.id))
    assert said(made, "finding") == [(3.0, "finding 1 first showed: It takes any n")]


def test_waits_that_overlap_are_one_and_say_how_long(record: RunRecord) -> None:
    first = attempt(429, finished_at=STARTED + 1, **BUSY)
    second = attempt(429, finished_at=STARTED + 2, headers=(("retry-after", "1"),))
    made = drawn(
        record,
        [answered(8, label="a", earlier=(first,)), answered(9, label="b", earlier=(second,))],
    )
    assert said(made, "wait") == [(1.0, "the gateway asked to wait 20.0 s (2 answers)")]
    assert [m.lasts_s for m in made.moments if m.kind == "wait"] == [11.0]
    assert sum(made.answers["limited"]) == 2
    assert made.sent == 4


def test_what_is_sent_once_more_is_told_together(record: RunRecord) -> None:
    broken = attempt(500, finished_at=STARTED + 1)
    made = drawn(record, [answered(5 + n / 100, earlier=(broken,)) for n in range(5)])
    assert said(made, "again") == [(1.0, "5 requests were sent once more, to be sure")]
    alone = drawn(record, [answered(5, label="n=11", earlier=(broken,))])
    assert said(alone, "again") == [(1.0, "n=11 was sent once more, to be sure")]


@pytest.mark.parametrize(
    ("later", "text", "lasts"),
    [
        (
            [answered(6.5)],
            "the gateway's process ended; the gateway answered again after 2.5 s",
            2.5,
        ),
        ([], "the gateway's process ended; the gateway did not answer again", 8.0),
    ],
)
def test_a_fall_lasts_until_something_is_answered(
    later: list[Exchange], text: str, lasts: float, record: RunRecord
) -> None:
    fell = replace(record, falls=(Fall(STARTED + 4, 0.0, sure=True, candidates=[]),))
    made = drawn(fell, [answered(1), *later])
    assert said(made, "fall") == [(4.0, text)]
    assert [m.lasts_s for m in made.moments if m.kind == "fall"] == [lasts]


def test_what_only_broke_is_not_said_to_have_ended(record: RunRecord) -> None:
    fell = replace(record, falls=(Fall(STARTED + 4, 0.0, sure=False, candidates=[]),))
    ((_, text),) = said(drawn(fell, [answered(1), answered(6.5)]), "fall")
    assert text == "connections broke together; the gateway answered again after 2.5 s"


def test_what_has_no_place_in_the_run_is_left_out(record: RunRecord) -> None:
    """Taken over from an earlier process, never sent, or a time that somebody made up."""
    never = exchange(None, request("never"), failure="budget")
    odd = [answered(at, label=f"odd {at}") for at in (-50.0, 13.0, 1e300, float("inf"))]
    made = drawn(record, [never, *odd, answered(2, took=1e300)])
    assert made.sent == 1
    assert made.in_flight[0] == 1
    assert [m.kind for m in made.moments] == ["answers", "end"]


@pytest.mark.parametrize("lasted", [0.0, -5.0, float("inf"), float("nan")])
def test_a_run_without_a_length_has_none(lasted: float, record: RunRecord) -> None:
    assert timeline(replace(record, ended_at=STARTED + lasted), ()) is None


def test_it_is_no_larger_for_a_larger_run(record: RunRecord) -> None:
    broken = attempt(500, finished_at=0.0)
    rows = [
        answered(n / 200 + 0.01, earlier=(replace(broken, finished_at=STARTED + n / 250 + 0.01),))
        for n in range(2000)
    ]
    findings = [finding(f"Cause {n} " + "long " * 400, rows[n].id) for n in range(50)]
    made = drawn(record, rows, *findings)
    assert len(made.moments) == MOST_EVENTS
    assert made.left_out > 0
    assert len(said(made, "finding")) == 50
    assert all(len(m.text) < 200 for m in made.moments)
    lengths = {len(row) for row in (made.in_flight, made.pictures, *made.answers.values())}
    assert lengths == {MOST_SLOTS}
