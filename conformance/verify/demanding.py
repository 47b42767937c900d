"""Demands that a result which a command goes on with is what its evidence comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance import __version__
from conformance.errors import UsageError
from conformance.evidence.log import EVIDENCE_FILE
from conformance.result.beside import PARTS
from conformance.verify.verifying import verify

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.result.model import Result
    from conformance.verify.verifying import Verified


def demand_judged(folder: Path, command: str) -> None:
    """Judge the evidence of a folder again; a verdict is computed, and never believed.

    Args:
        folder: the report folder of a run.
        command: what goes on with its result, for errors.

    Raises:
        UsageError: there is no result, or the evidence does not come to it.
    """
    found = verify(folder, judged_alone=True)
    _demand_same(found, folder, command)
    if found.unjudged:
        raise UsageError(f"{command}: {folder}: its evidence {found.unjudged}")


def why_unverified(folder: Path, result: Result, command: str) -> str:
    """Return why nobody can tell whether a result is what a run found; nothing if its evidence shows it.

    Raises:
        UsageError: the evidence that lies beside it does not come to it.
    """
    if not any((folder / name).exists() for name in (EVIDENCE_FILE, PARTS)):
        return "no evidence lies beside it"
    if result.suite.get("version") != __version__:
        return "another version of this suite made it"
    found = verify(folder, judged_alone=True)
    _demand_same(found, folder, command)
    return f"its evidence {found.unjudged}" if found.unjudged else ""


def _demand_same(found: Verified, folder: Path, command: str) -> None:
    if found.differences:
        more = len(found.differences) - 1
        raise UsageError(
            f"{command}: the evidence of {folder} does not come to its result: {found.differences[0]}"
            f"{f' (and {more} more)' if more else ''}; `conformance verify` names all"
        )
