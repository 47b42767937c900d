"""What viewers of junit.xml rely on: names that stay, times that sum to the run, and its form."""

from __future__ import annotations

import dataclasses
import re

import pytest

from conformance.reports import junit_names
from conformance.result.model import Check, RequirementResult, Status

from . import samples
from .conftest import parsed_junit as parsed


def test_names_are_short_and_hold_no_sentence() -> None:
    for build in samples.ALL.values():
        result = build()
        for case in parsed(result).iter("testcase"):
            name = str(case.get("name"))
            assert len(name) < 300
            assert not [r for r in result.requirements if r.text and r.text in name]


def test_what_a_seed_draws_is_numbered() -> None:
    named = []
    for drawn in (["n=12", "n=-3"], ["n=99", "n=1_0"]):
        checks = tuple(
            Check(f"test_properties.py::test_out_of_range[property: {d}]", Status.PASS)
            for d in drawn
        )
        other = Check("test_n.py::test_n[n=11]", Status.PASS)
        row = RequirementResult(
            "N-2", "N", "MUST", "stated", "It is.", "", Status.PASS, checks=(other, *checks)
        )
        named.append([case.name for case in junit_names.cases([row])])
    assert named[0] == named[1] == ["N-2 [n=11]", "N-2 [property]", "N-2 [property] #2"]


def test_what_has_no_label_or_the_same_one_is_told_apart_by_its_function() -> None:
    nodes = ("a.py::test_one", "a.py::test_two", "a.py::test_one[x]", "a.py::test_two[x]")
    checks = tuple(Check(node, Status.PASS) for node in nodes)
    row = RequirementResult("A-1", "A", "MUST", "stated", "It is.", "", Status.PASS, checks=checks)
    names = [case.name for case in junit_names.cases([row])]
    assert names == ["A-1 one", "A-1 two", "A-1 [x] one", "A-1 [x] two"]


@pytest.mark.parametrize("sample", samples.ALL)
def test_the_times_of_all_cases_are_no_more_than_the_run(sample: str) -> None:
    result = samples.ALL[sample]()
    checks = tuple(
        dataclasses.replace(r, checks=tuple(dataclasses.replace(c, duration_s=9) for c in r.checks))
        for r in result.requirements
    )
    for given in (result, dataclasses.replace(result, requirements=checks)):
        root = parsed(given)
        for kind in ("testcase", "testsuite"):
            times = [float(e.get("time", "0")) for e in root.iter(kind)]
            assert sum(times) <= given.duration_s + 0.001 * len(times)
        assert root.get("time") == f"{given.duration_s:.3f}"


# As the schema of Jenkins' xunit-plugin (junit-10) has them: the attributes of each element, those that
# it must have, and the elements in it.
OUTCOME = (frozenset({"type", "message"}), frozenset[str](), frozenset[str]())
ALLOWED = {
    "testsuites": (
        frozenset({"name", "time", "tests", "failures", "errors"}),
        frozenset[str](),
        frozenset({"testsuite"}),
    ),
    "testsuite": (
        frozenset(
            {"name", "tests", "failures", "errors", "skipped", "time", "timestamp", "hostname"}
        ),
        frozenset({"name", "tests", "failures", "errors"}),
        frozenset({"properties", "testcase", "system-out"}),
    ),
    "testcase": (
        frozenset({"name", "time", "classname"}),
        frozenset({"name"}),
        frozenset({"skipped", "error", "failure", "system-out"}),
    ),
    "properties": (frozenset[str](), frozenset[str](), frozenset({"property"})),
    "property": (frozenset({"name", "value"}), frozenset({"name", "value"}), frozenset[str]()),
    "system-out": (frozenset[str](), frozenset[str](), frozenset[str]()),
    "failure": OUTCOME,
    "error": OUTCOME,
    "skipped": OUTCOME,
}
TIME = re.compile(r"[0-9]+\.[0-9]{3}")


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("sample", samples.ALL)
def test_its_form_is_what_jenkins_gitlab_and_github_read(sample: str, *, strict: bool) -> None:
    root = parsed(dataclasses.replace(samples.ALL[sample](), strict=strict))
    assert root.tag == "testsuites"
    for element in root.iter():
        attributes, needed, children = ALLOWED[element.tag]
        assert needed <= set(element.keys()) <= attributes, element.tag
        assert {child.tag for child in element} <= children, element.tag
        assert element.get("time") is None or TIME.fullmatch(str(element.get("time")))
        if element.tag == "testcase":  # viewers take the first outcome, and GitLab needs both names
            assert len(element) <= 1
            assert element.get("classname")
            assert element.get("time")
