"""The matrix as one file: nothing in it is loaded, nothing acts, and every cell says what it is."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

import pytest

from conformance.compare.compare import compared
from conformance.reports.comparing import html
from conformance.reports.words import STATUS_WORDS
from tests.reports import samples
from tests.reports.test_html import Document

from .test_texts import FIELD, HOSTILES

if TYPE_CHECKING:
    from conformance.compare.model import Comparison

ALL = {
    "samples": lambda: compared([(name, make()) for name, make in samples.ALL.items()]),
    "field": lambda: compared(list(FIELD.items())),
    "hostile": lambda: HOSTILES,
}


@cache
def comparison(name: str) -> Comparison:
    return ALL[name]()


@cache
def drawn(name: str) -> Document:
    return Document(html.render(comparison(name)))


@pytest.fixture(params=ALL)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_nothing_is_loaded_and_nothing_acts(name: str) -> None:
    page = drawn(name)
    for tag, attributes in page.elements:
        assert tag not in {"link", "iframe", "object", "embed", "base", "img"}
        assert not [key for key in attributes if key.startswith("on") or key in ("style", "action")]
        assert "src" not in attributes
        assert attributes.get("href", "#").startswith("#")
    assert len(page.having("script")) == len(page.having("style")) == 1
    (policy,) = [m["content"] for m in page.having("meta") if "http-equiv" in m]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_ids_are_unique_and_every_link_leads_somewhere(name: str) -> None:
    page = drawn(name)
    ids = Counter(a["id"] for _, a in page.elements if "id" in a)
    assert [key for key, count in ids.items() if count > 1] == []
    for link in page.having("a"):
        if "=" not in link["href"]:
            assert link["href"][1:] in ids, link


def test_every_cell_says_its_gateway_its_status_and_its_change(name: str) -> None:
    found = comparison(name)
    labels = [a["aria-label"] for a in drawn(name).having("a") if "aria-label" in a]
    assert len(labels) == len(found.rows) * len(found.gateways)
    cells = [cell for row in found.rows for cell in row.cells]
    for label, cell in zip(labels, cells, strict=True):
        assert (STATUS_WORDS[cell.status] if cell.status else "not in its contract") in label
        assert cell.change not in ("worse", "lost", "better") or label.endswith(f", {cell.change}")


def test_what_a_cell_opens_tells_message_cause_and_answer() -> None:
    text = re.sub(r"\s+", " ", drawn("field").text)
    for fact in (
        "expected a refusal (4xx) got 500",
        "Smallest request: n=11 → 500",
        "Cause 1: 500 for N, as in n=11",
        "breaks: pass → fail",
        "1 requirement is worse at breaks",
        "profile: core (first, says-422, breaks); smoke (smaller)",
    ):
        assert fact in text, fact


def test_a_hostile_name_is_text() -> None:
    text = html.render(HOSTILES)
    assert "<title>pwned" not in text.replace("<title>", "", 1)
    assert text.count("<script>") == 1
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_thirty_gateways_scroll_in_a_frame_of_their_own() -> None:
    some = list(FIELD.values())
    many = compared([(f"g{n}", some[n % len(some)]) for n in range(30)])
    assert '<div class="frame wide">' in html.render(many)
    assert '<div class="frame">' in html.render(comparison("field"))
