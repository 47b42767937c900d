"""Every report shows waivers: a waived failure apart from others, and never as passed."""

from __future__ import annotations

import dataclasses
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest

from conformance.reports import html, junit, terminal, waiver_words
from conformance.result import waiving
from conformance.result.model import Result, Status, Verdict, Waiver, Waivers

from . import samples

if TYPE_CHECKING:
    from collections.abc import Iterator

HOSTILE = "<b>\x1b[31m##[error] {{ 7*7 }}"


def given(*, accepted: bool = False, reason: str = "PAY-12 mends it") -> Result:
    """A failing result of which one MUST is waived, with a waiver that is expired and an unknown one."""
    base = next(r for r in made() if failed(r))
    waivers = (
        Waiver(reason, "Ann", "2026-12-31", failed(base)[0], link="https://i.example/12"),
        Waiver(reason, "Bob", "2026-01-01", failed(base)[1], file="w.toml", line=9),
        Waiver(reason, "Bob", "2026-12-31", "N-999", file=HOSTILE, line=12),
    )
    return waiving.apply(base, Waivers("2026-06-15", accepted, given=waivers))


def made() -> Iterator[Result]:
    return (sample() for sample in samples.ALL.values())


def failed(result: Result) -> list[str]:
    rows = [r.id for r in result.requirements if r.status is Status.FAIL and r.level == "MUST"]
    return rows if len(rows) > 1 else []


def test_the_verdict_says_how_many_are_waived() -> None:
    found = given()
    assert waiver_words.count(found) == " (1 waived)"
    assert terminal.summary(found, 100, color=False).splitlines()[0].endswith("(1 waived)")
    assert f"{found.verdict.value.capitalize()} (1 waived)</h1>" in html.render(found)
    assert 'name="verdict" value="nonconformant (1 waived)"' in junit.render(found)
    assert waiver_words.count(dataclasses.replace(found, waivers=Waivers())) == ""


def test_waived_failures_are_counted_apart() -> None:
    text = terminal.summary(given(), 100, color=False)
    assert "fail (1 waived)" in text
    assert "1 known failure is waived (see --accept-waivers)" in text
    assert "2 waivers must be removed or renewed" in text
    assert "(1 waived)</span>" in html.render(given())


@pytest.mark.parametrize("accepted", [False, True])
def test_junit_never_passes_what_is_waived(*, accepted: bool) -> None:
    found = given(accepted=accepted)
    waived = next(r for r in found.requirements if r.waived)
    root = ET.fromstring(junit.render(found).encode())
    cases = [c for c in root.iter("testcase") if c.get("name", "").split(" ")[0] == waived.id]
    tags = {tag.tag for case in cases for tag in case}
    assert ("skipped" in tags, "failure" in tags) == (accepted, not accepted)
    assert "waived until 2026-12-31 by Ann: PAY-12 mends it" in ET.tostring(root, "unicode")
    (suite,) = [s for s in root if s.get("name") == "waivers"]
    kinds = [f.get("type") for f in suite.iter("failure")]
    assert kinds == ["expired", "unknown"]


def test_what_a_file_of_waivers_says_commands_nothing() -> None:
    found = given(reason=HOSTILE)
    text = terminal.summary(found, 100, color=False)
    assert "\x1b" not in text
    assert "##[" not in text
    page = html.render(found)
    assert "<b>\\x1b" not in page
    assert "{{ 7*7 }}" in page
    ET.fromstring(junit.render(found).encode())


def test_a_conformant_run_that_waivers_fail_says_what_to_do() -> None:
    good = next(r for r in made() if r.verdict is Verdict.CONFORMANT)
    stale = Waiver("r", "Ann", "2026-12-31", good.requirements[0].id, file="w.toml", line=2)
    found = waiving.apply(good, Waivers("2026-06-15", given=(stale,)))
    assert found.waivers.given[0].state == "stale"
    assert "must be removed or renewed" in terminal.summary(found, 100, color=False)
