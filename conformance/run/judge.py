"""Judges a session with pytest in this process, and puts its result together."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.errors import ConformanceError, UsageError
from conformance.run.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.judge.outcome import Outcomes
    from conformance.result.model import Result
    from conformance.run.record import RunRecord

CHECKS = Path(__file__).parent.parent / "checks"
# A run does without these plugins of pytest: it shows none of their output, no check uses them, and
# each costs time at every node.
LEFT_OUT = (
    *("terminal", "cacheprovider", "junitxml", "logging", "unraisableexception", "threadexception"),
    *("capture", "debugging", "doctest", "faulthandler", "legacypath", "monkeypatch", "pastebin"),
    *("recwarn", "setuponly", "setupplan", "stepwise", "subtests", "tmpdir"),
    *("unittest", "warnings"),
)


class SuiteError(ConformanceError):
    """The suite itself broke."""


def judge(session: Session) -> Result:
    """Run the checks and return the result.

    Raises:
        UsageError: a --check selects nothing; nothing was sent then.
        SuiteError: pytest itself could not run the checks.
    """
    from conformance.run import assemble  # noqa: PLC0415 - everything before this answers at once

    if session.options.checks:
        # Test --check before any picture is paid for: this run only collects, and binds no address.
        options = dataclasses.replace(session.options, dry_run=True, resume=False)
        run_checks(Session(dataclasses.replace(session.channel.target, listen=None), options))
    outcomes, record = run_checks(session)
    return assemble.assemble(record, outcomes)


def run_checks(session: Session) -> tuple[Outcomes, RunRecord]:
    """Run pytest in this process, without the ini, conftest and plugins of the surroundings.

    A dry run collects the checks, which fills the session's plan, and sends nothing.

    Raises:
        UsageError: a --check selects nothing.
        SuiteError: pytest itself could not run the checks.
    """
    import pytest  # noqa: PLC0415 - everything before this is usage, and answers at once

    from conformance.judge import outcome  # noqa: PLC0415 - it imports pytest
    from conformance.run import items, pytest_plugin, stashed  # noqa: PLC0415 - it imports pytest

    class Handover:
        """Gives the session to the plugin, and judges the items that pytest collected."""

        @pytest.hookimpl(tryfirst=True)
        def pytest_configure(self, config: pytest.Config) -> None:
            config.stash[stashed.SESSION] = session
            config.stash[stashed.JUDGED] = judged

        def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
            """Judge each check, with none of pytest's steps around a test, whose output nobody sees."""
            if session.testsfailed:
                return None
            from conformance.reports import html  # noqa: PLC0415 - slow, so imported while pictures are made

            html.template()
            for item in session.items:
                if isinstance(item, items.CheckItem):
                    item.judge()
            return True

    judged = outcome.Outcomes()
    arguments = [
        str(CHECKS),
        f"--rootdir={CHECKS}",
        f"--config-file={CHECKS / 'pytest.ini'}",
        "--noconftest",
        "--disable-plugin-autoload",
        *(word for name in LEFT_OUT for word in ("-p", f"no:{name}")),
    ]
    with _without_pytest_variables():
        code = pytest.main(arguments, plugins=[pytest_plugin, Handover()])
    record = session.end()
    if judged.unmatched:
        options = session.options
        names = ", ".join(map(repr, judged.unmatched))
        level = ", level must" if options.level == "must" else ""
        raise UsageError(
            f"--check: no check's name contains {names} (profile {options.profile}{level}); see the"
            " names in result.json or in the HTML report"
        )
    if code in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERNAL_ERROR):
        raise SuiteError(f"pytest could not run the checks (exit code {int(code)})")
    return judged, record


@contextlib.contextmanager
def _without_pytest_variables() -> Iterator[None]:
    taken = {k: os.environ.pop(k) for k in list(os.environ) if k.startswith("PYTEST_")}
    try:
        yield
    finally:
        os.environ.update(taken)
