"""Verifies a report folder: is its evidence whole, and does it come to the result that stands beside it?"""

from __future__ import annotations

import dataclasses
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from conformance import __version__
from conformance.contract import contract
from conformance.errors import UsageError
from conformance.evidence import reading
from conformance.evidence.calls import PROVIDER_FILE, read_calls
from conformance.evidence.log import EVIDENCE_FILE
from conformance.result import beside, consistency, merge, storage
from conformance.verify import comparing, files
from conformance.verify.difference import Differences
from conformance.verify.rejudging import judged_again, why_not

if TYPE_CHECKING:
    from conformance.bundle.difference import Difference
    from conformance.evidence.reading import Recording
    from conformance.http.provider_call import Call
    from conformance.result.model import Result


@dataclass(frozen=True)
class Verified:
    """What a report folder comes to.

    `stored` is its result, and `judged` the one that its evidence comes to. If the evidence cannot be
    judged again, `judged` is None and `unjudged` says why. `rows` counts the rows of evidence.
    """

    stored: Result
    judged: Result | None
    differences: tuple[Difference, ...]
    unjudged: str = ""
    rows: int = 0

    @property
    def other_sources(self) -> bool:
        """Whether another build of this version of the suite made the result."""
        return self.judged is not None and self.judged.suite != self.stored.suite

    @property
    def holds(self) -> bool:
        """Whether the evidence comes to the very result that is stored."""
        return self.judged is not None and not self.differences


def verify(folder: Path, *, judged_alone: bool = False) -> Verified:
    """Judge the evidence of a report folder again, and compare.

    Args:
        folder: the report folder.
        judged_alone: whether only what judges is looked at, and no report that was drawn.

    Raises:
        UsageError: the folder holds no result of a run, or that of another version of the suite.
    """
    path = folder / beside.RESULT_FILE
    try:
        stored = storage.read(path)
    except storage.ResultError as error:
        raise UsageError(str(error)) from error
    _demand_same_suite(stored, path)
    differences = Differences()
    for problem in consistency.problems(stored):
        differences.note(beside.RESULT_FILE, problem)
    files.compare(folder, stored, differences, judged_alone=judged_alone)
    if (folder / beside.PARTS).is_dir():
        judged, unjudged, rows = _merged(folder, differences)
    else:
        judged, unjudged, rows = _single(folder, stored, differences)
    if judged is not None:
        differences.found.update(dict.fromkeys(comparing.differences(stored, judged)))
    return Verified(stored, judged, tuple(differences.found), unjudged, rows)


def _demand_same_suite(stored: Result, path: Path) -> None:
    """Refuse a result of another suite: its checks are not these."""
    version = stored.suite.get("version")
    if version != __version__:
        raise UsageError(
            f"{path} was made by version {str(version)[:40]} of this suite, and this is"
            f" {__version__}; verify it with that version"
        )
    if stored.contract.get("sha256") != contract.load().sha256:
        raise UsageError(
            f"{path} was judged against another contract; verify it with the suite that made it"
        )


def _single(
    folder: Path, stored: Result, differences: Differences
) -> tuple[Result | None, str, int]:
    """Return what the evidence of a run or a shard comes to, or why nothing, and how many rows it has."""
    recording = _recording(folder, differences)
    if recording is None:
        return None, "", 0
    if stored.evidence is not None or recording.end is not None:
        _compare_ends(stored, recording, differences)
    if why := why_not(recording):
        return None, why, recording.rows
    calls = _calls(folder, differences)
    with tempfile.TemporaryDirectory() as own:
        return judged_again(recording, calls, Path(own), differences), "", recording.rows


def _merged(folder: Path, differences: Differences) -> tuple[Result | None, str, int]:
    """Return what the evidence of all shards comes to: each is verified, and then merged again."""
    parts = sorted((folder / beside.PARTS).iterdir(), key=lambda p: (len(p.name), p.name))
    rows = 0
    for part in parts:
        found = verify(part, judged_alone=True)
        rows += found.rows
        for one in found.differences:
            where = f"{beside.PARTS}/{part.name}/{one.where}"
            differences.found.setdefault(dataclasses.replace(one, where=where))
        if found.unjudged:
            return None, f"{found.unjudged} (shard {part.name})", rows
    try:
        return merge.merged(parts), "", rows
    except UsageError as error:
        differences.note(beside.PARTS, str(error))
        return None, "", rows


def _recording(folder: Path, differences: Differences) -> Recording | None:
    def broken(problem: reading.ChainError) -> None:
        differences.note(EVIDENCE_FILE, str(problem))

    try:
        return reading.recording(folder / EVIDENCE_FILE, broken)
    except ValueError as error:
        differences.note(EVIDENCE_FILE, f"it cannot be read: {error}")
        return None


def _compare_ends(stored: Result, recording: Recording, differences: Differences) -> None:
    if stored.evidence is None:
        differences.note(beside.RESULT_FILE, "it names no evidence")
    elif (stored.evidence.rows, stored.evidence.last) != (recording.rows, recording.last):
        differences.note(
            EVIDENCE_FILE,
            f"it ends with row {recording.rows}, and the result names another end, row"
            f" {stored.evidence.rows}",
        )


def _calls(folder: Path, differences: Differences) -> tuple[Call, ...]:
    path = folder / PROVIDER_FILE
    if not path.exists():
        return ()
    try:
        return tuple(read_calls(path))
    except ValueError as error:
        differences.note(PROVIDER_FILE, f"it cannot be read: {error}")
        return ()
