"""`conformance run --against`: compares a run with an earlier one, once it has ended.

The earlier result is read before anything is sent: it may lie in the folder that the run writes to.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.cli import streams
from conformance.cli.compare import as_text
from conformance.errors import UsageError, noted, told

if TYPE_CHECKING:
    from conformance.result.model import Result
    from conformance.target.options import Options

NOW, BEFORE = "this run", "previous"
CONFORMANT, NONCONFORMANT, BROKEN = 0, 1, 3
PASSES = "Exit code 0, as --only-regressions asks: it fails as before, and nothing got worse.\n"


@dataclass(frozen=True)
class Earlier:
    """The result that a run is compared with, its name, and what fails the run."""

    name: str
    result: Result
    fail_on: str
    only_regressions: bool


def earlier(options: Options) -> Earlier | None:
    """Read the result that a run is to be compared with; None where no one asked for that.

    Raises:
        UsageError: it cannot be read, or a flag that needs it stands alone.
    """
    if not options.against:
        for flag, given in (
            ("--fail-on", options.fail_on),
            ("--only-regressions", options.only_regressions),
        ):
            if given:
                raise UsageError(f"{flag}: nothing is compared; add --against DIR, or leave it out")
        return None
    if options.only_regressions and not options.fail_on:
        raise UsageError(
            "--only-regressions: nothing would fail the run; add --fail-on worse, or leave it out"
        )
    from conformance.bundle import results  # noqa: PLC0415 - few runs need it
    from conformance.compare import naming  # noqa: PLC0415 - --help needs none

    asked = naming.parsed(options.against)
    try:
        found = results.read(asked.path)
    except UsageError as error:
        raise UsageError(f"--against: {error} Leave out --against for a first run.") from error
    (name,) = naming.names([asked], [found])
    own = {options.report_dir.resolve(), (options.report_dir / "result.json").resolve()}
    if name == NOW or (not asked.name and Path(asked.path).resolve() in own):
        name = BEFORE
    return Earlier(name, found, options.fail_on, options.only_regressions)


def forget(folder: Path) -> None:
    """Remove the comparison of an earlier run from a report folder: it says nothing of what comes now."""
    from conformance.reports.comparing import FILES  # noqa: PLC0415 - --help needs none

    for name in FILES:
        with contextlib.suppress(OSError):
            (folder / name).unlink(missing_ok=True)


def finish(before: Earlier, result: Result, folder: Path, code: int) -> int:
    """Print and write the comparison of a run that has ended with this exit code, and return the new one."""
    from conformance.compare import compare  # noqa: PLC0415 - few runs need it
    from conformance.reports import comparing  # noqa: PLC0415 - --help needs none

    troubles: list[BaseException] = []
    regressed = False
    with noted(troubles):
        found = compare.compared([(before.name, before.result), (NOW, result)])
        regressed = bool(before.fail_on) and compare.regressed(found, before.fail_on)
        written = comparing.write(found, folder, troubles)
        streams.write("\n" + as_text(found, tuple(written)))
    if troubles:
        streams.show_where(troubles[0])
        streams.say(f"{'; '.join(map(told, troubles))}; the verdict above stands")
        return code if code not in (CONFORMANT, NONCONFORMANT) else BROKEN
    ends = exit_code(code, regressed=regressed, only_regressions=before.only_regressions)
    if ends < code:
        streams.write(PASSES)
    return ends


def exit_code(code: int, *, regressed: bool, only_regressions: bool) -> int:
    """Return the exit code of a run that was compared; what is no verdict, such as incomplete, stays."""
    if code not in (CONFORMANT, NONCONFORMANT):
        return code
    return int(regressed) if only_regressions else int(regressed or code == NONCONFORMANT)
