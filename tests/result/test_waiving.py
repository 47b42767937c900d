"""What waivers cover, which of them fail a run, and how the run then ends."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from conformance.errors import UsageError
from conformance.judging.outcome import Outcomes
from conformance.result import consistency, storage, waiving
from conformance.result.model import Result, Status, Verdict
from conformance.result.verdict import exit_code
from conformance.result.waived import Waiver, Waivers
from conformance.run.assemble import assemble
from tests.run.test_assemble import BAD, every_requirement, outcome, record

TODAY = "2026-06-15"
MESSAGE = f"n=11 [{BAD.id}]: expected a refusal, got 200"


def waiver(id_: str = "N-2", expires: str = "2026-12-31", **more: Any) -> Waiver:
    kind = "requirement" if id_[:1].isupper() or not id_ else "finding"
    return Waiver("it is known", "Ann", expires, **{kind: id_, "file": "w.toml", "line": 3, **more})


def judged(*, statuses: dict[str, Status] | None = None, **options: Any) -> Result:
    """A run in which all requirements passed but these."""
    wanted = {"N-2": Status.FAIL} if statuses is None else statuses
    rows = [o for o in every_requirement() if o.tied_to not in wanted]
    rows += [outcome(id_, status, BAD.id, message=MESSAGE) for id_, status in wanted.items()]
    ran = record(Path())
    chosen = dataclasses.replace(ran.options, **options)
    return assemble(dataclasses.replace(ran, options=chosen), Outcomes(rows))


def applied(*given: Waiver, result: Result | None = None, accepted: bool = False) -> Result:
    return waiving.apply(result or judged(), Waivers(TODAY, accepted, given=given))


def states(result: Result) -> list[str]:
    return [w.state for w in result.waivers.given]


def test_a_waived_failure_stays_a_failure_and_is_counted_apart() -> None:
    found = applied(waiver())
    row = next(r for r in found.requirements if r.id == "N-2")
    assert (row.status, found.verdict) == (Status.FAIL, Verdict.NONCONFORMANT)
    assert row.waived == found.waivers.given[0] == waiver(state="applied")
    assert found.waivers.applied == 1
    assert [r.id for r in found.requirements if r.waived] == ["N-2"]
    assert [f.waived for f in found.findings] == [row.waived]
    assert exit_code(found) == 1


def test_a_run_that_accepts_waivers_ends_well_if_every_failed_must_is_waived() -> None:
    assert exit_code(applied(waiver(), accepted=True)) == 0
    both = judged(statuses={"N-2": Status.FAIL, "SIZE-1": Status.FAIL})
    assert exit_code(applied(waiver(), accepted=True, result=both)) == 1
    assert exit_code(applied(waiver(), waiver("SIZE-1"), accepted=True, result=both)) == 0


def test_what_could_not_be_judged_is_not_accepted_by_waiving_something_else() -> None:
    open_too = judged(statuses={"N-2": Status.FAIL, "SIZE-1": Status.UNTESTABLE})
    assert open_too.verdict is Verdict.NONCONFORMANT
    assert exit_code(applied(waiver(), accepted=True, result=open_too)) == 3
    found = applied(waiver(), waiver("SIZE-1"), accepted=True, result=open_too)
    assert states(found) == ["applied", "unused"]
    assert exit_code(found) == 3


def test_a_verdict_that_changes_can_be_waived_as_well() -> None:
    flaky = judged(statuses={"N-2": Status.FLAKY})
    assert exit_code(applied(waiver(), result=flaky)) == 3
    assert exit_code(applied(waiver(), result=flaky, accepted=True)) == 0


def test_a_waiver_of_a_finding_covers_what_fails_for_that_cause_alone() -> None:
    (finding,) = judged().findings
    found = applied(waiver(finding.key))
    assert states(found) == ["applied"]
    assert [r.id for r in found.requirements if r.waived] == ["N-2"]
    # Another check of the same requirement fails for another cause.
    other = dataclasses.replace(finding, key="accepts:size", checks=("test_x.py::other",))
    rows = tuple(
        dataclasses.replace(
            r, checks=(*r.checks, dataclasses.replace(r.checks[0], node="test_x.py::other"))
        )
        if r.id == "N-2"
        else r
        for r in judged().requirements
    )
    two = dataclasses.replace(judged(), requirements=rows, findings=(finding, other))
    half = applied(waiver(finding.key), result=two)
    assert half.waivers.applied == 0
    assert [bool(f.waived) for f in half.findings] == [True, False]
    assert applied(waiver(finding.key), waiver(other.key), result=two).waivers.applied == 1


@pytest.mark.parametrize(
    ("given", "state", "says"),
    [
        (waiver(expires="2026-06-14"), "expired",
         "w.toml:3: the waiver of N-2 expired after 2026-06-14: remove it, or renew it"),
        (waiver("N-999"), "unknown", "w.toml:3: the waiver names N-999, which is no requirement"),
        (waiver("N-O1"), "unknown", "w.toml:3: the waiver names N-O1, which is no requirement"),
        (waiver("acepts:n"), "unknown", "w.toml:3: the waiver names acepts:n, which is no key of"),
        (waiver("SIZE-1"), "stale",
         "w.toml:3: the waiver of SIZE-1 is stale, since SIZE-1 passes now: remove it"),
        (waiver("accepts:size"), "stale",
         "w.toml:3: the waiver of accepts:size is stale, since no such finding is left: remove it"),
    ],
)  # fmt: skip
def test_a_waiver_that_must_go_fails_the_run_even_if_waivers_are_accepted(
    given: Waiver, state: str, says: str
) -> None:
    others = () if given.id == "N-2" else (waiver(),)
    found = applied(given, *others, accepted=True)
    assert states(found)[0] == state
    (line,) = waiving.troubles(found)
    assert line.startswith(says)
    assert exit_code(found) == 1
    fine = judged(statuses={})
    assert exit_code(applied(given, result=fine, accepted=True)) == 1, "of a good gateway too"


def test_a_waiver_counts_on_its_last_day() -> None:
    assert states(applied(waiver(expires=TODAY))) == ["applied"]


@pytest.mark.parametrize(
    "status", [Status.UNTESTABLE, Status.NOT_SELECTED, Status.NOT_APPLICABLE, Status.ERROR]
)
def test_a_waiver_of_what_was_not_judged_is_neither_applied_nor_stale(status: Status) -> None:
    found = applied(waiver(), result=judged(statuses={"N-2": status}))
    assert states(found) == ["unused"]
    assert list(waiving.troubles(found)) == []
    assert found.waivers.applied == 0


@pytest.mark.parametrize(
    ("options", "profile", "state"),
    [
        ({}, "core", "stale"),
        ({"shard": "1/2"}, "core", "unused"),
        ({"checks": ("n=11",)}, "core", "unused"),
        ({"profile": "smoke"}, "core", "unused"),
        ({"profile": "smoke"}, "smoke", "stale"),
        ({}, "full", "unused"),
        ({"profile": "full"}, "full", "stale"),
        ({"level": "must"}, "core", "stale"),
    ],
)
def test_only_a_run_that_judged_all_of_it_makes_a_waiver_stale(
    options: dict[str, Any], profile: str, state: str
) -> None:
    passed = judged(statuses={}, **options)
    assert states(applied(waiver(profile=profile), result=passed)) == [state]


def test_a_requirement_of_which_a_check_did_not_apply_is_not_judged_whole() -> None:
    passed = judged(statuses={})
    rows = tuple(
        dataclasses.replace(
            r,
            checks=(*r.checks, dataclasses.replace(r.checks[0], status=Status.NOT_APPLICABLE)),
        )
        for r in passed.requirements
    )
    found = applied(waiver(), result=dataclasses.replace(passed, requirements=rows))
    assert states(found) == ["unused"]


def test_a_finding_is_not_gone_as_long_as_something_is_open() -> None:
    still_open = judged(statuses={"N-2": Status.UNTESTABLE})
    assert states(applied(waiver("accepts:n"), result=still_open)) == ["unused"]
    selected = judged(statuses={}, requirements=("N-1",))
    assert states(applied(waiver("accepts:n"), result=selected)) == ["unused"]


def test_a_stored_result_keeps_its_waivers_and_no_other_than_it_was_given() -> None:
    found = applied(waiver(), waiver("SIZE-1"), accepted=True)
    again = storage.from_json(storage.to_json(found))
    assert again == found
    assert list(consistency.problems(again)) == []
    bare = [dataclasses.replace(r, waived=None) for r in found.requirements]
    covered = [dataclasses.replace(r, waived=waiver(state="applied")) for r in found.requirements]
    hidden = dataclasses.replace(found.waivers.given[1], state="unused")
    for forged in (
        dataclasses.replace(found, requirements=tuple(bare)),
        dataclasses.replace(found, requirements=tuple(covered)),
        dataclasses.replace(found, waivers=dataclasses.replace(found.waivers, applied=0)),
        dataclasses.replace(
            found,
            waivers=dataclasses.replace(found.waivers, given=(found.waivers.given[0], hidden)),
        ),
    ):
        assert "its waivers do not fit what it says of them" in consistency.problems(forged)


def test_shards_have_the_same_waivers_and_are_judged_together_for_the_latest_day() -> None:
    first = Waivers("2026-06-15", accepted=True, given=(waiver(state="unused"),))
    other = Waivers("2026-06-16", accepted=True, given=(waiver(file="b.toml", state="applied"),))
    assert waiving.united([first, other], ["a", "b"]) == dataclasses.replace(
        first, day="2026-06-16"
    )
    unsure = dataclasses.replace(other, accepted=False)
    assert not waiving.united([first, unsure], ["a", "b"]).accepted
    longer = dataclasses.replace(other, given=(waiver(expires="2027-01-01"),))
    with pytest.raises(UsageError, match="b has other waivers than a"):
        waiving.united([first, longer], ["a", "b"])
