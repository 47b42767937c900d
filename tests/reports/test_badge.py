"""The badge: what shields.io reads, and never more than the verdict."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from conformance.reports import badge
from conformance.result.model import Result, Status, Verdict, Waiver, Waivers

from . import samples


def drawn(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(badge.render(result))
    return found


@pytest.mark.parametrize("sample", samples.ALL)
def test_it_is_what_shields_reads(sample: str) -> None:
    found = drawn(samples.ALL[sample]())
    assert found.keys() <= {"schemaVersion", "label", "message", "color", "isError"}
    assert found["schemaVersion"] == 1
    assert found["label"] == "image variations"
    assert 0 < len(found["message"]) <= 201
    assert found["message"].isprintable()


@pytest.mark.parametrize(
    ("sample", "color"),
    [
        ("conformant", "brightgreen"),
        ("nonconformant", "red"),
        ("incomplete", "yellow"),
        ("partial", "blue"),
    ],
)
def test_each_verdict_has_its_word_and_its_color(sample: str, color: str) -> None:
    result = samples.ALL[sample]()
    found = drawn(result)
    assert found["color"] == color
    assert found["message"].startswith(f"{result.verdict.value}, contract 1.0.0, ")
    assert found["message"].endswith("2026-01-02")
    assert found.get("isError", False) is (result.verdict is not Verdict.CONFORMANT)


def test_it_counts_what_failed_and_what_was_judged() -> None:
    result = samples.nonconformant()
    must = [r for r in result.requirements if r.level == "MUST"]
    failed = sum(r.status is Status.FAIL for r in must)
    message = drawn(result)["message"]
    assert f"{failed} MUST failed, " in message
    assert f" of {len(must)} MUST judged, " in message


def test_what_makes_a_conformant_run_fail_is_not_green() -> None:
    result = samples.conformant()
    warns = dataclasses.replace(result.requirements[0], level="SHOULD", status=Status.WARN)
    rows = (*result.requirements[1:], warns)
    strict = dataclasses.replace(result, requirements=rows, strict=True)
    assert drawn(strict)["color"] == "orange"
    assert "1 warning, strict" in drawn(strict)["message"]
    stale = Waiver("known", "Ann", "2026-12-31", "N-2", state="stale")
    waived = dataclasses.replace(result, waivers=Waivers("2026-01-02", given=(stale,)))
    assert drawn(waived)["color"] == "orange"
