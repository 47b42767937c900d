"""Checks the files beside a result: each is there, is what the result names, and shows what it says."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import TYPE_CHECKING

from conformance.evidence.curl import FIXTURES
from conformance.reports import FORMATS
from conformance.result import beside

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.result.model import Result
    from conformance.verify.difference import Differences


def compare(folder: Path, stored: Result, differences: Differences, *, judged_alone: bool) -> None:
    """Note each file that is missing, was added or changed, or shows something else than the result.

    With `judged_alone` only what judges is looked at: of a shard no more is kept, and a report that could
    not be written can be drawn again.
    """
    there = _looked_at(beside.digests(folder), judged_alone=judged_alone)
    named = _looked_at(stored.files, judged_alone=judged_alone)
    for name, digest in named.items():
        if name not in there:
            differences.note(name[:200], "the result names it, and it is not there")
        elif there[name] != digest:
            differences.note(name, "it is not the file that was written beside the result")
    for name in sorted(there.keys() - named.keys()):
        differences.note(name, "it lies beside the result, which does not name it")
    for name, digest in there.items():
        if name.startswith(f"{FIXTURES}/") and not name.startswith(f"{FIXTURES}/{digest[:12]}."):
            differences.note(name, "its name is not that of its bytes")
    if not judged_alone:
        _drawn_again(stored, there, differences)


def _looked_at(digests: dict[str, str], *, judged_alone: bool) -> dict[str, str]:
    return {k: v for k, v in digests.items() if not judged_alone or k in beside.OF_A_PART}


def _drawn_again(stored: Result, there: dict[str, str], differences: Differences) -> None:
    """Draw the reports again: each must be the same, byte for byte."""
    plain = dataclasses.replace(stored, files={})
    for file_name, render in FORMATS.values():
        if file_name not in beside.DRAWN or file_name not in there:
            continue
        drawn = render(plain).encode("utf-8", "backslashreplace")
        if hashlib.sha256(drawn).hexdigest() != there[file_name]:
            differences.note(file_name, "it does not show what the result says")
