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

DRAWN = (beside.JUNIT_FILE, beside.HTML_FILE)


def compare(folder: Path, stored: Result, differences: Differences, *, is_part: bool) -> None:
    """Note each file that is missing, was added or changed, or shows something else than the result.

    Of a shard whose folder is part of a whole run's, only what judges it was kept (`is_part`).
    """
    there = beside.digests(folder)
    for name, digest in stored.files.items():
        if is_part and name not in beside.OF_A_PART:
            continue
        if name not in there:
            differences.note(name[:200], "the result names it, and it is not there")
        elif there[name] != digest:
            differences.note(name, "it is not the file that was written beside the result")
    for name in there.keys() - stored.files.keys():
        differences.note(name, "it lies beside the result, which does not name it")
    for name, digest in there.items():
        if name.startswith(f"{FIXTURES}/") and not name.startswith(f"{FIXTURES}/{digest[:12]}."):
            differences.note(name, "its name is not that of its bytes")
    _drawn_again(stored, there, differences)


def _drawn_again(stored: Result, there: dict[str, str], differences: Differences) -> None:
    """Draw the reports again: each must be the same, byte for byte."""
    plain = dataclasses.replace(stored, files={})
    for file_name, render in FORMATS.values():
        if file_name not in DRAWN or file_name not in there:
            continue
        drawn = render(plain).encode("utf-8", "backslashreplace")
        if hashlib.sha256(drawn).hexdigest() != there[file_name]:
            differences.note(file_name, "it does not show what the result says")
