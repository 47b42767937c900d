"""The files that lie beside a `result.json`, and what they were when it was written.

A result names the digest of each file, so that one that was changed later shows.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from conformance.evidence.calls import PROVIDER_FILE
from conformance.evidence.curl import FIXTURES
from conformance.evidence.log import EVIDENCE_FILE
from conformance.evidence.reading import MOST_BYTES
from conformance.http.reading import files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RESULT_FILE, JUNIT_FILE, HTML_FILE = "result.json", "junit.xml", "report.html"
MARKDOWN_FILE, BADGE_FILE = "report.md", "badge.json"
# What is drawn from the result alone, and can be drawn again.
DRAWN = (JUNIT_FILE, HTML_FILE, MARKDOWN_FILE, BADGE_FILE)
# As `evidence.curl` names what curl lines send.
FIXTURE = re.compile(r"[0-9a-f]{12}\.[a-z]{1,5}")
# `merge` keeps here what the shards of a run wrote.
PARTS, PART = "parts", re.compile(r"[1-9][0-9]{0,3}")
OF_A_PART = (RESULT_FILE, EVIDENCE_FILE, PROVIDER_FILE)
ON_TOP = (EVIDENCE_FILE, PROVIDER_FILE, *DRAWN)


def names(folder: Path) -> Iterator[str]:
    """Yield the files of a run beside its result, by their paths in its folder; links are none."""
    known = [folder / name for name in ON_TOP]
    known += _in(folder / FIXTURES, FIXTURE)
    for part in _in(folder / PARTS, PART):
        known += [part / name for name in OF_A_PART]
    for path in known:
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(folder).as_posix()


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file beside a result, by its path in the folder; unreadable ones lack."""
    found = {}
    for name in names(folder):
        try:
            found[name] = hashlib.sha256(files.content(folder / name, MOST_BYTES)).hexdigest()
        except files.UnreadableError:
            continue
    return found


def _in(folder: Path, name: re.Pattern[str]) -> list[Path]:
    if not folder.is_dir() or folder.is_symlink():
        return []
    return sorted(path for path in folder.iterdir() if name.fullmatch(path.name))
