"""What a comparison says of two results, and of several."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from conformance.compare.compare import compared, regressed
from conformance.compare.model import Cell, Change, Comparison, Row, Seen
from conformance.result.model import Check, Diagnosis, Observation, Status, Verdict

from .values import check, refusing, result, row, sent

if TYPE_CHECKING:
    from conformance.result.model import Result


def beside(before: Result, *others: Result) -> Comparison:
    return compared([("before", before), *((f"gateway {n}", r) for n, r in enumerate(others, 1))])


def cell(found: Comparison, id_: str, at: int = 1) -> Cell:
    return next(r for r in found.rows if r.id == id_).cells[at]


def test_a_result_beside_itself_differs_in_nothing() -> None:
    found = beside(refusing(400), refusing(400, seed="b"))
    assert {c.change for r in found.rows for c in r.cells} == {Change.SAME}
    assert [*found.requests, *found.causes, *found.premises, *found.observations] == []
    assert not regressed(found, "lost")


def test_another_refusal_is_other_though_both_pass() -> None:
    found = beside(refusing(400), refusing(422, seed="b"))
    assert cell(found, "N-2").change is Change.OTHER
    assert cell(found, "N-2").why == "n=11: 400 → 422"
    assert cell(found, "N-3").change is Change.SAME
    assert [(r.label, r.outcomes) for r in found.requests] == [("n=11", ("400", "422"))]
    assert not regressed(found, "lost")


def test_a_control_that_is_answered_otherwise_is_charged_to_nobody() -> None:
    before, now = refusing(400), refusing(400, seed="b")
    exchanges = {**now.exchanges, "b0": sent("b0", "n=1", 201)}
    assert (
        cell(beside(before, dataclasses.replace(now, exchanges=exchanges)), "N-2").change
        is Change.SAME
    )


def test_a_failure_is_worse_and_shows_its_smallest_request() -> None:
    found = beside(refusing(400), refusing(500, seed="b"))
    assert cell(found, "N-2") == Cell(
        Status.FAIL,
        Change.WORSE,
        "pass → fail",
        "expected a refusal (4xx)\ngot 500",
        *(1, 1, 1, "n=11", "500"),
    )
    assert regressed(found, "worse")
    assert found.gateways[1].changes == {"worse": 1, "same": 1}
    assert found.gateways[1].verdict is Verdict.NONCONFORMANT


def test_what_was_never_sent_has_no_outcome() -> None:
    down = sent("b1", "n=11", None, failure="down: the gateway's process ended")
    after = result(row("N-2", check("untestable", "b1")), exchanges=(down,))
    found = beside(refusing(400), after)
    assert found.requests == ()
    assert cell(found, "N-2").change is Change.LOST
    assert regressed(found, "lost")
    assert not regressed(found, "worse")


def test_a_requirement_of_one_contract_is_judged_by_one_side() -> None:
    older = result(row("N-1", status="pass"))
    newer = result(
        row("N-1", status="pass"), row("N-9", status="fail"), contract={"version": "1.1.0"}
    )
    found = beside(older, newer)
    assert cell(found, "N-9").change is Change.ONE_SIDE
    assert cell(found, "N-9", 0).status is None
    assert not regressed(found, "lost")
    (premise,) = found.premises
    assert premise.subject == "contract"
    assert [value[:5] for value in premise.values] == ["1.0.0", "1.1.0"]


@pytest.mark.parametrize(
    ("changes", "subject"),
    [
        ({"profile": "full"}, "profile"),
        ({"selection": ("--level must",)}, "selection"),
        ({"shard": "1/2"}, "selection"),
        ({"suite": {"version": "9.9.9"}}, "suite"),
        ({"target": {"observe": "127.0.0.1:9500", "credentials": ["virtual-key"]}}, "sides"),
        ({"target": {"credentials": ["admin-jwt"]}}, "credentials"),
        (
            {"diagnosis": (Diagnosis("No route.", "the address", "Check it."),)},
            "ended early",
        ),
    ],
)
def test_runs_that_were_made_otherwise_are_said_to_be(
    changes: dict[str, object], subject: str
) -> None:
    before = refusing(400)
    found = beside(before, dataclasses.replace(before, **changes))  # type: ignore[arg-type] # each row names fields of its own types
    assert [p.subject for p in found.premises] == [subject]


def test_a_seed_and_an_address_are_no_premise() -> None:
    before = refusing(400)
    other = dataclasses.replace(before, seed=7, target={**before.target, "url": "http://other"})
    assert beside(before, other).premises == ()


def test_findings_are_told_by_their_cause_and_not_by_their_words() -> None:
    found = beside(refusing(500), refusing(500, seed="b"), refusing(400, seed="c"))
    (cause,) = found.causes
    assert cause.seen == (Seen.SAME, Seen.SAME, Seen.GONE)
    assert cause.findings == (1, 1, 0)
    assert beside(refusing(400), refusing(500)).causes[0].seen == (Seen.ABSENT, Seen.NEW)


def test_a_finding_with_other_answers_for_the_same_checks_is_the_same() -> None:
    (cause,) = beside(refusing(500), refusing(None, seed="b")).causes
    assert cause.seen == (Seen.SAME, Seen.SAME)


def test_a_finding_that_the_other_run_could_not_see_is_neither_new_nor_gone() -> None:
    blind = result(row("N-2", status="not-selected"), row("N-3", status="pass"))
    assert beside(blind, refusing(500)).causes[0].seen == (Seen.ABSENT, Seen.UNSEEN)
    assert beside(refusing(500), blind).causes[0].seen == (Seen.SAME, Seen.UNSEEN)


def timed(factor: float, *, odd: float = 0.0, seed: str = "a") -> Result:
    exchanges = tuple(
        sent(f"{seed}{n}", f"n={n}", 200, elapsed_s=0.2 * factor + (odd if n == 0 else 0))
        for n in range(12)
    )
    checks = [check("pass", e.id, case=e.label) for e in exchanges]
    return result(row("N-1", *checks), exchanges=exchanges)


def test_times_are_named_as_a_ratio_where_they_differ_a_lot() -> None:
    found = beside(timed(1), timed(1.2, seed="b"), timed(3, seed="c"), timed(0.25, seed="d"))
    assert [g.timing.notable for g in found.gateways] == [False, False, True, True]
    assert [g.timing.ratio for g in found.gateways] == pytest.approx([1, 1.2, 3, 0.25])
    assert found.slow == ()
    assert cell(found, "N-1", 2).change is Change.SAME


def test_one_slow_request_is_named_where_the_others_do_not_explain_it() -> None:
    found = beside(timed(1), timed(1, odd=5.0, seed="b"))
    assert [(s.label, s.gateway) for s in found.slow] == [("n=0", 1)]
    assert cell(found, "N-1").change is Change.OTHER


def observing(*said: tuple[str, str]) -> Result:
    checks = tuple(Check(node, Status.PASS, text) for node, text in said)
    return result(
        row("N-1", status="pass"), observations=(Observation("N-O1", "N", "How.", checks),)
    )


def test_observations_that_differ_are_shown_and_never_judged() -> None:
    found = beside(
        observing(("t.py::test_n[n=empty]", "n=empty: 400"), ("t.py::test_m[x]", "1 item(s)")),
        observing(("t.py::test_n[n=empty]", "n=empty: 200"), ("t.py::test_m[x]", "2 item(s)")),
    )
    assert [row.said for row in found.observations] == [
        ("n=empty: 400", "n=empty: 200"),
        ("1 item(s)", "2 item(s)"),
    ]
    assert cell(found, "N-1").change is Change.SAME


def test_how_many_answers_a_run_had_is_no_observation() -> None:
    found = beside(
        observing(("t.py::test_family", "343 refusal(s): the envelope")),
        observing(("t.py::test_family", "340 refusal(s): the envelope")),
    )
    assert found.observations == ()


def test_the_baseline_may_be_any_of_them() -> None:
    named = [("a", refusing(500)), ("b", refusing(400)), ("c", refusing(500))]
    found = compared(named, 1)
    assert [c.change for c in found.rows[0].cells] == [Change.WORSE, Change.SAME, Change.WORSE]


def test_requirements_keep_the_order_of_the_baseline() -> None:
    first = result(row("B-1", status="pass"), row("A-1", status="pass"))
    second = result(row("A-1", status="pass"), row("C-1", status="pass"))
    rows: tuple[Row, ...] = beside(first, second).rows
    assert [r.id for r in rows] == ["B-1", "A-1", "C-1"]
