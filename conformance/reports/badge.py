"""Draws `badge.json`, from which shields.io makes a badge: https://shields.io/badges/endpoint-badge.

A badge says no more than the verdict: what is incomplete or partial has a word and a color of its own.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from conformance.reports import scope
from conformance.reports.counting import count_statuses
from conformance.reports.text import one_line, plural
from conformance.result import verdict
from conformance.result.model import Status, Verdict

if TYPE_CHECKING:
    from conformance.result.model import Result

LABEL = "image variations"
# The profile that needs no word.
USUAL = "core"
COLORS = {
    Verdict.CONFORMANT: "brightgreen",
    Verdict.NONCONFORMANT: "red",
    Verdict.INCOMPLETE: "yellow",
    Verdict.PARTIAL: "blue",
}
# Of what is conformant and yet fails the run: by --strict or by a waiver that must go.
FAILS = "orange"
DAY = len("2026-01-02")


def render(result: Result) -> str:
    """Return the badge of a run as JSON for an endpoint badge of shields.io."""
    fails = result.verdict is Verdict.CONFORMANT and verdict.exit_code(result) != 0
    badge = {
        "schemaVersion": 1,
        "label": LABEL,
        "message": _message(result),
        "color": FAILS if fails else COLORS[result.verdict],
    }
    if result.verdict is not Verdict.CONFORMANT or fails:
        badge["isError"] = True
    return json.dumps(badge, ensure_ascii=False, indent=2) + "\n"


def _message(result: Result) -> str:
    counts = count_statuses(result.requirements)
    failed, warned = counts["MUST"][Status.FAIL], counts["SHOULD"][Status.WARN]
    said = [result.verdict.value]
    if version := scope.requirement_set(result) or result.contract.get("version", ""):
        said.append(f"contract {version}")
    if failed:
        said.append(f"{failed} MUST failed")
    if result.verdict is not Verdict.INCOMPLETE and (judged := scope.judged(result)):
        said.append(judged.removesuffix(" judged").partition(" and ")[0] + " judged")
    if warned:
        said.append(plural(warned, "warning"))
    if result.waivers.applied:
        said.append(f"{result.waivers.applied} waived")
    if result.profile != USUAL:
        said.append(f"profile {result.profile}")
    if result.strict:
        said.append("strict")
    if result.shard:
        said.append(f"shard {result.shard}")
    said.append(result.started[:DAY])
    return one_line(", ".join(said), 200)
