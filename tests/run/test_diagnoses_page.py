"""The page on diagnoses lists the causes as they are, and each of them can be told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conformance.http.said import said
from conformance.run.whose import causes
from conformance.run.whose.causes import Cause, Reached
from conformance.run.whose.find import cause_of
from conformance.run.whose.rules import RULES
from tests.run.test_diagnoses_table import SENT, TABLE

PAGE = Path(__file__).parents[2].joinpath("docs", "diagnoses.md").read_text("utf-8")
CAUSES = {name: c for name, c in vars(causes).items() if isinstance(c, Cause)}
# The first day has a table of its own: tests/cli/test_first_contacts.py.
KNOWN = PAGE.partition("\n## What it knows\n")[2]
ROWS = re.findall(r"^\| (?!what is wrong)(.+) \| (.+) \| (.+) \|$", KNOWN, re.MULTILINE)


def test_the_page_lists_every_cause_in_the_order_of_how_far_a_request_comes() -> None:
    ranked = sorted(CAUSES.values(), key=lambda c: c.reached)
    assert [(c.problem, c.whose, c.what_to_do) for c in ranked] == ROWS
    assert PAGE.count("\n### ") == len(Reached)


def test_a_rule_tells_every_cause() -> None:
    assert {rule.cause for rule in RULES} | {causes.LOGIN} == set(CAUSES.values())


@pytest.mark.parametrize("name", CAUSES)
def test_a_recorded_answer_tells_every_cause(name: str) -> None:
    told = (cause_of(said(status, (), text, SENT)) for _, status, text, *_ in TABLE)
    assert CAUSES[name] in told
