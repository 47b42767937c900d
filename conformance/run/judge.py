"""Judges a session with pytest in this process, and puts its result together."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

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
    from conformance.run import pytest_plugin, stashed  # noqa: PLC0415 - it imports pytest

    class Handover:
        """Gives the session to the plugin, and keeps pytest's own reports short."""

        @pytest.hookimpl(tryfirst=True)
        def pytest_configure(self, config: pytest.Config) -> None:
            config.stash[stashed.SESSION] = session
            config.stash[stashed.JUDGED] = judged

        @pytest.hookimpl(tryfirst=True)
        def pytest_runtest_makereport(
            self, item: pytest.Item, call: pytest.CallInfo[None]
        ) -> pytest.TestReport:
            """Report only the outcome: formatting a traceback that is never shown takes long."""
            assert call.when != "collect"
            outcome: Literal["passed", "skipped", "failed"] = "passed"
            if call.excinfo is not None:
                skipped = isinstance(call.excinfo.value, pytest.skip.Exception)
                outcome = "skipped" if skipped else "failed"
            return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, call.when)

        def pytest_runtestloop(self) -> None:
            """Load the reports' template while the gateway makes the first pictures."""
            from conformance.reports import html  # noqa: PLC0415 - slow, so imported while pictures are made

            html.template()

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
