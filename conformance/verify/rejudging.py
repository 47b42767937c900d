"""Judges recorded evidence again: the same checks, the same questions, the recorded answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.errors import UsageError, told
from conformance.run import assemble
from conformance.run.judge import run_checks
from conformance.run.session import Session
from conformance.target.written import options_of, target_of
from conformance.verify.world import Recorded

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.evidence.reading import Recording
    from conformance.http.provider_call import Call
    from conformance.result.model import Result
    from conformance.verify.difference import Differences


def why_not(recording: Recording) -> str:
    """Return why evidence cannot be judged again, or nothing if it can."""
    if not recording.sections:
        return "holds no run"
    if recording.end is None:
        return "was not closed: its run was killed; go on with --resume"
    if stopped := recording.end.get("stopped"):
        how = "was interrupted" if stopped == "interrupted" else "broke off"
        return f"is of a run that {how}; go on with --resume"
    return ""


def judged_again(
    recording: Recording, calls: tuple[Call, ...], folder: Path, differences: Differences
) -> Result | None:
    """Return the result that evidence comes to; None if its rows cannot be a run.

    Args:
        recording: what the evidence holds, of a run that ended.
        calls: what `provider.jsonl` holds.
        folder: an empty folder, for the files of curl lines.
        differences: gets what the evidence lacks, and where it shows other requests than the contract,
            the settings and the seed make.
    """
    made = recording.latest[0].head.made
    try:
        world = Recorded(recording, calls, differences)
        options = options_of(made["options"], folder)
        session = Session(target_of(made["target"]), options, world=world)
        outcomes, record = run_checks(session)
        found = assemble.put_together(record, outcomes)
    except UsageError:
        raise
    except Exception as error:  # noqa: BLE001 - rows that somebody made up may break anything, and say so
        differences.note("evidence", f"it is not that of a run: {told(error)}")
        return None
    for trouble in session.troubles:
        differences.note("evidence", f"it cannot be judged again: {told(trouble)}")
    return found
