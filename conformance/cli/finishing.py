"""How a command ends that has a result: reports, summary, what failed, exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance import reports
from conformance.cli import streams
from conformance.cli.shown import summary
from conformance.errors import noted, told
from conformance.evidence.calls import PROVIDER_FILE
from conformance.evidence.log import EVIDENCE_FILE
from conformance.result import waiving
from conformance.result.verdict import exit_code
from conformance.run.assemble import INTERRUPTED
from conformance.run.stopping import INTERRUPTED as INTERRUPTED_EXIT

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.result.model import Result

BROKEN_EXIT = 3


def finish(
    result: Result, folder: Path, troubles: list[BaseException], ci: str, *, quiet: bool = False
) -> int:
    """Write the reports and the summary, and return the exit code.

    What failed, now or before, is one line on standard error, and decides the exit code.

    Args:
        result: what was found.
        folder: where the reports go.
        troubles: what failed before; gets what fails here.
        ci: for which CI system to print besides, as `--ci` says.
        quiet: whether to say no more than the verdict and what failed.
    """
    written = reports.write(result, folder, troubles=troubles)
    evidence = [p for p in (folder / EVIDENCE_FILE, folder / PROVIDER_FILE) if p.is_file()]
    with noted(troubles):
        paths = tuple(str(path) for path in (*written, *evidence))
        streams.write(summary(result, paths, ci, quiet=quiet))
    for line in waiving.troubles(result):
        streams.say(line)
    if troubles:
        _say_what_failed(troubles, [*written, *evidence])
        return BROKEN_EXIT
    return INTERRUPTED_EXIT if INTERRUPTED in result.notes else exit_code(result)


def _say_what_failed(troubles: list[BaseException], there: list[Path]) -> None:
    """Say in one line what failed, and what is kept."""
    for trouble in troubles:
        streams.show_where(trouble)
    why = "; ".join(dict.fromkeys(map(told, troubles)))
    kept = f"what was gathered is in {', '.join(map(str, there))}" if there else "nothing is kept"
    again = any(path.name == "result.json" for path in there)
    advice = "; once that is settled, `conformance report` draws the reports again" if again else ""
    streams.say(f"{why}; this says nothing about the gateway; {kept}{advice}")
