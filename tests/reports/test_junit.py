from __future__ import annotations

import dataclasses
import xml.etree.ElementTree as ET
from collections import Counter

import pytest

from conformance.reports import junit, junit_parts
from conformance.result.model import Status

from . import samples
from .conftest import parsed_junit as parsed


def case_of(root: ET.Element, start: str) -> ET.Element:
    """The case of a requirement, or of one of its checks."""
    cases = [c for c in root.iter("testcase") if c.get("classname") != "conformance.findings"]
    named = [c for c in cases if c.get("name") == start]
    (found,) = named or [c for c in cases if c.get("name", "").startswith(start)]
    return found


def outcome(case: ET.Element) -> tuple[str, str]:
    found = [c for c in case if c.tag != "system-out"]
    return (found[0].tag, found[0].get("type", "")) if found else ("passed", "")


@pytest.mark.parametrize("sample", samples.ALL)
def test_counts_in_attributes_are_right(sample: str) -> None:
    root = parsed(samples.ALL[sample]())
    for element in (root, *root.iter("testsuite")):
        for attribute, tag in (
            ("tests", "testcase"),
            ("failures", "failure"),
            ("errors", "error"),
            ("skipped", "skipped"),
        ):
            count = str(len(list(element.iter(tag))))
            known = attribute != "skipped" or element is not root  # as junit-10.xsd has it
            assert element.get(attribute) == (count if known else None), attribute
        assert float(element.get("time", "")) >= 0


@pytest.mark.parametrize("sample", samples.ALL)
def test_names_are_unique_in_their_class(sample: str) -> None:
    root = parsed(samples.ALL[sample]())
    names = Counter((c.get("classname"), c.get("name")) for c in root.iter("testcase"))
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("sample", samples.ALL)
def test_nothing_that_was_not_judged_is_passed(sample: str) -> None:
    result = samples.ALL[sample]()
    root = parsed(result)
    cases = [c for c in root.iter("testcase") if c.get("classname") != "conformance.findings"]
    passed = sum(outcome(c) == ("passed", "") for c in cases)
    judged = [c.status for r in result.requirements for c in r.checks]
    may_pass = sum(status in (Status.PASS, Status.WARN) for status in judged)
    assert passed == may_pass + (result.verdict != "incomplete")  # the case of the suite `run`


def test_each_status_has_its_outcome() -> None:
    root = parsed(samples.nonconformant())
    expected = {
        "N-2 [n=0]": ("passed", ""),
        "N-2 [n=11]": ("failure", "fail"),
        "ROBUST-5": ("failure", "flaky"),
        "BODY-9": ("error", "error"),
        "IMAGE-3": ("error", "untestable"),
        "MODEL-4": ("skipped", ""),
        "AUTH-3": ("passed", ""),
        "AUTH-12": ("skipped", ""),
        "FALLBACKS-2": ("skipped", ""),
    }
    assert {name: outcome(case_of(root, name)) for name in expected} == expected
    warning = case_of(root, "AUTH-3").find("system-out")
    assert warning is not None
    assert str(warning.text).startswith(
        "SHOULD not met: expected a WWW-Authenticate header, got none"
    )


def test_a_failure_says_everything() -> None:
    case = case_of(parsed(samples.nonconformant()), "N-2 [n=11]")
    assert case.get("classname") == "conformance.N"
    failure = case.find("failure")
    assert failure is not None
    assert failure.get("message") == "expected a refusal (4xx) because of n, got 200"
    for fact in (
        "data has 3 items",
        "N-2 (MUST, stated): An integer outside 1 to 10 is refused.",
        "Basis: Range 1 <= value <= 10",
        "Hint: The gateway passes n to the provider unchecked.",
        "Check: test_n.py::test_n_outside_one_to_ten_is_refused[n=11]",
        "Request: n=11 (exchange x002), shown above",
    ):
        assert fact in str(failure.text), fact


def test_a_finding_comes_first_and_shows_the_smallest_request() -> None:
    root = parsed(samples.nonconformant())
    assert [suite.get("name") for suite in root.iter("testsuite")][:2] == ["run", "findings"]
    failure = next(c for c in root.iter("testcase") if c.get("name") == "accepts:N").find("failure")
    assert failure is not None
    for fact in (
        "Breaks: N-2 (1 check)",
        "Request: n=11 (exchange x002)",
        '  image = file "variation.png", image/png, 1.2 kB, fixtures/001.png',
        "  n = 11",
        "differs only by its fault from the accepted request x001",
        "Answer: 200 (412 ms)",
        '"id": "var-2"',
        "To users: served otherwise than asked, without a word",
        "Requests: 1 request shows it",
        "Likely place of the fix: The gateway passes n to the provider unchecked.",
        "Repeat: curl -sS -X POST https://gateway.example",
    ):
        assert fact in str(failure.text), fact


def test_a_skipped_case_says_why() -> None:
    skipped = case_of(parsed(samples.nonconformant()), "FALLBACKS-2").find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "not selected: left out by profile core; full runs it"


def test_an_early_end_is_an_error() -> None:
    case = case_of(parsed(samples.incomplete()), "The run came to an answer")
    assert outcome(case) == ("error", "incomplete")
    assert "some gateways serve /openai/v1/images/variations" in "".join(case.itertext())


def test_a_status_that_no_check_has_gets_a_case_of_its_own() -> None:
    result = samples.conformant()
    rows = tuple(
        dataclasses.replace(r, status=Status.FAIL, message="another run differed")
        if r.id == "MEDIA-1"
        else r
        for r in result.requirements
    )
    root = parsed(dataclasses.replace(result, requirements=rows))
    found = [outcome(c) for c in root.iter("testcase") if str(c.get("name")).startswith("MEDIA-1")]
    assert found == [("passed", ""), ("failure", "fail")]


def test_properties_name_the_run() -> None:
    suite = parsed(samples.nonconformant()).find("testsuite")
    assert suite is not None
    found = {p.get("name"): p.get("value") for p in suite.iter("property")}
    assert found["verdict"] == "nonconformant"
    assert found["target"] == samples.URL
    assert found["seed"] == "20260101"
    assert found["suite"] == "0.1.0"
    assert found["contract"] == "1.0.0"


def test_hostile_text_is_shown_and_harmless() -> None:
    text = junit.render(samples.hostile())
    text.encode()  # no lone surrogate is left
    ET.fromstring(text.encode())
    assert "\\x00\\x01\\x08\\x0b\\x1b[31mred" in text
    assert "\\ud800 \\udfff\\ufffe\\uffff" in text
    assert "\\u202eevil" in text
    assert not {c for c in text if ord(c) < 32} - {"\n", "\t"}


def test_its_size_is_bounded() -> None:
    text = junit.render(samples.hostile())
    assert max(len(line) for line in text.splitlines()) < 3 * junit_parts.LIMIT
    assert "more characters)" in text
    assert len(text) < 300_000


def test_it_is_the_same_every_time() -> None:
    assert junit.render(samples.large()) == junit.render(samples.large())


def test_one_misconfiguration_is_one_error_and_a_small_file() -> None:
    text = junit.render(samples.incomplete())
    root = ET.fromstring(text.encode())
    assert len(list(root.iter("error"))) == 1
    rest = [c for s in root if s.get("name") != "run" for c in s.iter("testcase")]
    assert rest
    assert all(outcome(c)[0] == "skipped" for c in rest)
    per_case = (len(text) - len(ET.tostring(root[0], "unicode"))) / len(rest)
    assert per_case < 600


def test_one_reason_is_one_error() -> None:
    result = samples.conformant()
    why = "the budget of 20 pictures was spent; raise --max-images"
    rows = tuple(
        dataclasses.replace(
            r,
            status=Status.UNTESTABLE,
            checks=tuple(
                dataclasses.replace(c, status=Status.UNTESTABLE, message=why) for c in r.checks
            ),
        )
        if r.level == "MUST" and r.checks
        else r
        for r in result.requirements
    )
    root = parsed(dataclasses.replace(result, requirements=rows))
    errors = list(root.iter("error"))
    assert [e.get("type") for e in errors] == ["untestable"]
    skipped = [s for s in root.iter("skipped") if why in (s.get("message") or "")]
    assert len(skipped) > 1
    assert all("has the error for this reason" in str(s.text) for s in skipped)


def test_a_recommendation_that_is_not_met_is_seen_and_fails_a_strict_run() -> None:
    result = samples.nonconformant()
    assert outcome(case_of(parsed(result), "AUTH-3")) == ("passed", "")
    strict = parsed(dataclasses.replace(result, strict=True))
    assert outcome(case_of(strict, "AUTH-3")) == ("failure", "warn")
    facts = {p.get("name"): p.get("value") for p in strict.iter("property")}
    assert facts["should-not-met"] == "1"
    assert facts["strict"] == "yes"
    assert str(facts["scope"]).endswith("--strict")
