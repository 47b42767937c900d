"""What a person's pytest says of a run: that it begins, how it ended, and what its fixture found."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conformance.api.shared import Judged, once
from conformance.errors import ConformanceError, UsageError, told
from conformance.reports.text import obeyed_by_none, one_line, plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.api.by_hand import ByHand

# As `conformance run` ends when the suite itself fails; pytest's own code for that is the same.
BROKEN_EXIT = 3


def begins(config: pytest.Config, run: ByHand, count: int) -> None:
    """Say that a run begins: the tests behind it show nothing for a while."""
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or config.option.verbose < 0:
        return
    url = one_line(run.target.base_url, 200)
    where = one_line(str(run.options.report_dir), 200)
    reporter.ensure_newline()
    reporter.write_line(
        obeyed_by_none(
            f"conformance: judging {url} with {plural(count, 'check')}, seed {run.options.seed}; reports in {where}"
        )
    )


@contextlib.contextmanager
def guarded() -> Iterator[None]:
    """End pytest with one line if the suite itself fails."""
    try:
        yield
    except UsageError as error:
        pytest.exit(f"conformance: {error}", returncode=int(pytest.ExitCode.USAGE_ERROR))
    except (KeyboardInterrupt, pytest.exit.Exception):
        raise
    except Exception as error:
        from conformance.target.settings import TRACEBACK_VARIABLE  # noqa: PLC0415 - seldom needed

        if os.environ.get(TRACEBACK_VARIABLE):
            raise
        pytest.exit(f"conformance: {told(error)}", returncode=BROKEN_EXIT)


def summary(reporter: Any, judged: Judged) -> None:
    """Write the section of a run: its verdict, the first findings, the paths of the reports."""
    from conformance.reports import terminal  # noqa: PLC0415 - only the end needs it

    writer = reporter._tw  # noqa: SLF001 - the one way to its width and its colors
    reporter.section("conformance", bold=True)
    if judged.result is not None:
        text = terminal.summary(
            judged.result,
            writer.fullwidth,
            bool(writer.hasmarkup),
            unicode=terminal.use_unicode(writer._file),  # noqa: SLF001 - the stream alone says what it can show
            reports=judged.files,
        )
        reporter.write(text)
    if judged.trouble:
        reporter.write_line(obeyed_by_none(f"The suite itself failed: {one_line(judged.trouble)}"))


def result_of(target: Any, settings: Mapping[str, Any], folder: Path | None) -> Judged:
    """Return what the fixture finds; a usage error is told, and raised nowhere."""

    def made() -> Judged:
        from conformance.api.judging import judge  # noqa: PLC0415 - only the fixture needs it

        where = settings.get("report_dir") or _report_dir()
        try:
            result = judge(target or "", **{**settings, "report_dir": where})
        except ConformanceError as error:
            return Judged(None, trouble=str(error), by_fixture=True)
        found = [str(p) for p in sorted(Path(where).glob("*")) if p.suffix in (".html", ".json")]
        return Judged(result, tuple(found), by_fixture=True)

    return once(folder, "fixture", made)


def _report_dir() -> str:
    from conformance.target import resolution, settings  # noqa: PLC0415 - only the fixture needs it

    usual = Path(settings.CONFIG_FILE)
    values = resolution.resolve({}, os.environ, usual if os.path.lexists(usual) else None)
    return str(values["report_dir"])
