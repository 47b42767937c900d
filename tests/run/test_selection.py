"""The declarations of checks decide which of them a run judges, and in which order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conformance.cases.spec import PLAIN, Spec, fault, variation
from conformance.http.request import LAST
from conformance.judging.declare import Declaration
from conformance.plan.plan import Plan
from conformance.run.selection import Node, ids_of, of_shard, place, rows, wanted
from conformance.target.options import Limits, Options
from tests.serving import target_at
from tests.values import URL, ScriptedProbe

if TYPE_CHECKING:
    from conformance.contract.profiles import Profile

ELEVEN = fault(variation(n=11), control=variation(n=1))
AGAIN = replace(PLAIN, label="again", copy=1, phase=LAST)


def node(id_: str = "N-2", *specs: Spec, name: str = "", **nature: Any) -> Node:
    return Node(name or f"test_{id_}", Declaration(id_, **nature), specs)


def options(**more: Any) -> Options:
    given: dict[str, Any] = {"profile": "core", "level": "should", "checks": (), "requirements": ()}
    given |= {"limits": Limits(), "seed": 1, "report_dir": Path("reports")}
    return Options(**{**given, **more})


@pytest.mark.parametrize(
    ("profile", "chosen", "is_wanted"),
    [
        ("smoke", "smoke", True),
        ("smoke", "full", True),
        ("core", "smoke", False),
        ("core", "core", True),
        ("full", "core", False),
    ],
)
def test_a_profile_holds_those_before_it(profile: str, chosen: str, *, is_wanted: bool) -> None:
    assert wanted(node(profile=profile), options(profile=chosen)) == is_wanted


def test_only_musts_where_only_musts_are_asked_for() -> None:
    must, should, matter = node("N-2"), node("N-5"), node("N-O1")
    found = [wanted(n, options(level="must")) for n in (must, should, matter)]
    assert found == [True, False, False]
    assert all(wanted(n, options()) for n in (must, should, matter))


def test_requirements_and_parts_of_names_select() -> None:
    assert wanted(node("N-2"), options(requirements=("N-2", "N-3")))
    assert not wanted(node("N-4"), options(requirements=("N-2", "N-3")))
    named = node(name="test_n.py::test_an_integer[n=11]")
    assert wanted(named, options(checks=("n=11",)))
    assert wanted(named, options(checks=("nowhere", "test_n.py")))
    assert not wanted(named, options(checks=("n=12",)))


def test_further_examples_are_judged_only_where_they_are_asked_for() -> None:
    assert not wanted(node(bulk=True), options())
    assert wanted(node(bulk=True), options(examples=1000))


def test_the_order_is_refusals_pictures_bulk_last_requests_and_the_whole_run() -> None:
    in_order = [
        node("N-2", ELEVEN),
        node("N-1", PLAIN),
        node("N-3", bulk=True),
        node("ROBUST-5", PLAIN, AGAIN),
        node("ROBUST-3", PLAIN, probes=True),
    ]
    assert [place(n) for n in in_order] == [0, 1, 2, 3, 4]
    assert place(node("ERROR-1", reads="every answer")) == 4
    assert place(node("PROVIDER-1", reads="provider calls")) == 4


def shards(count: int, *nodes: Node) -> list[frozenset[str]]:
    plan = Plan(target_at(URL), 1)
    return [of_shard(nodes, f"{i}/{count}", plan) for i in range(1, count + 1)]


def test_each_check_of_its_own_requests_is_judged_by_one_job() -> None:
    nodes = [
        node("N-2", fault(variation(n=n), control=PLAIN), name=f"n={n}") for n in range(11, 19)
    ]
    parts = shards(3, *nodes)
    assert sorted(name for part in parts for name in part) == sorted(n.name for n in nodes)
    assert all(parts)


def test_what_looks_at_every_answer_is_judged_by_each_job() -> None:
    whole = node("ERROR-1", name="whole", reads="every answer")
    canary = node("IMAGE-12", name="canary", probes=True)
    own = node("ROBUST-3", ELEVEN, name="own", probes=True)
    parts = shards(2, whole, canary, own, node("N-1", PLAIN, name="n"))
    assert all({"whole", "canary"} <= part for part in parts)
    assert sum("own" in part for part in parts) == 1


def test_property_cases_of_one_subject_stay_together() -> None:
    cases = [
        node("N-2", fault(variation(n=n), control=PLAIN), name=f"n={n}", property_case=True)
        for n in range(11, 31)
    ]
    others = [
        node("SIZE-2", fault(variation(size=f"{i}x1"), control=PLAIN), name=str(i))
        for i in range(20)
    ]
    parts = shards(2, *cases, *others)
    assert [{n.name for n in cases} <= part for part in parts].count(True) == 1


def names_of(declared: Declaration, profile: Profile = "core") -> list[str]:
    return [row.name for row in rows(declared, replace(ScriptedProbe().facts, profile=profile))]


def test_a_check_runs_for_each_request_each_case_or_once() -> None:
    cases = {"a": {"one": PLAIN, "other": ELEVEN}, "b": {"one": ELEVEN}}
    assert names_of(Declaration("N-2", specs=(PLAIN, ELEVEN))) == ["plain", "n=11"]
    assert names_of(Declaration("N-2", cases=cases)) == ["a", "b"]
    assert names_of(Declaration("N-2")) == [""]
    assert names_of(Declaration("N-2", specs=())) == []


def test_a_check_runs_for_the_requests_of_the_profile_and_in_smoke_for_one() -> None:
    declared = Declaration("N-2", specs=(PLAIN, ELEVEN, replace(AGAIN, profile="full")))
    assert names_of(declared) == ["plain", "n=11"]
    assert names_of(declared, "full") == ["plain", "n=11", "again"]
    assert names_of(declared, "smoke") == ["plain"]


def test_ids_are_distinct_and_ascii() -> None:
    assert ids_of("test_x", ["", "n=1"]) == ["test_x", "test_x[n=1]"]
    assert ids_of("test_x", ["a", "b", "a"]) == ["test_x[a0]", "test_x[b]", "test_x[a1]"]
    assert ids_of("test_x", ["n=1", "n=1"]) == ["test_x[n=1_0]", "test_x[n=1_1]"]
    assert ids_of("test_x", ["é::\t"]) == [r"test_x[\\xe9:\t]"]
