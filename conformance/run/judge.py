"""Judges a session with pytest in this process, and puts its result together."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from typing import TYPE_CHECKING

from conformance.errors import ConformanceError, UsageError
from conformance.run import stopping
from conformance.run.selection import CHECKS
from conformance.run.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import pytest

    from conformance.judging.outcome import Outcomes
    from conformance.result.model import Result
    from conformance.run.items import CheckItem
    from conformance.run.progress import Progress
    from conformance.run.record import RunRecord
    from conformance.run.selection import Node
    from conformance.target.options import Options

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
    """Run the checks and return the result; what the suite failed at is in `session.troubles`.

    Raises:
        UsageError: a --check selects nothing; nothing was sent then.
    """
    from conformance.run import assemble  # noqa: PLC0415 - everything before this answers at once

    if session.options.checks:
        # Test --check before any picture is paid for: this run only collects, and binds no address.
        options = dataclasses.replace(session.options, dry_run=True, resume=False)
        run_checks(Session(dataclasses.replace(session.channel.target, listen=None), options))
    outcomes, record = run_checks(session)
    return assemble.put_together(record, outcomes)


def run_checks(session: Session) -> tuple[Outcomes, RunRecord]:
    """Run pytest in this process, without the ini, conftest and plugins of the surroundings.

    A dry run collects the checks, which fills the session's plan, and sends nothing.

    What breaks off the checks is in the `failures` of the outcomes; a dry run raises it.

    Raises:
        UsageError: a --check selects nothing.
    """
    import pytest  # noqa: PLC0415 - everything before this is usage, and answers at once

    from conformance.judging import outcome  # noqa: PLC0415 - it imports pytest
    from conformance.run import pytest_plugin, stashed  # noqa: PLC0415 - it imports pytest

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
            _judge_each(session.items, judged, watching)
            return True

        def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> bool:
            """Keep what broke off the checks, in the place of the traceback that pytest would print."""
            judged.failures.append(excinfo.value)
            return True

    judged, watching = outcome.Outcomes(), session.watching
    arguments = [
        str(CHECKS),
        f"--rootdir={CHECKS}",
        f"--config-file={CHECKS / 'pytest.ini'}",
        "--noconftest",
        "--disable-plugin-autoload",
        *(word for name in LEFT_OUT for word in ("-p", f"no:{name}")),
    ]

    def run_pytest() -> int:
        return pytest.main(arguments, plugins=[pytest_plugin, Handover()])

    # Once the checks have ended, a signal waits until what they found is put together.
    with stopping.held():
        _guarded(run_pytest, judged)
        record = session.end(judged.stopped)
    if judged.unmatched:
        raise _nothing_selected(judged.unmatched, session.options)
    if judged.failures and session.options.dry_run:
        raise judged.failures[0]
    session.troubles += [*judged.failures, *_not_imported(judged)]
    return judged, record


def judge_collected(
    session: Session, items: Sequence[CheckItem], judged: Outcomes, ahead: Iterable[Node]
) -> tuple[Result, RunRecord]:
    """Judge checks that a pytest of somebody else has collected, in the steps of a run of our own.

    Args:
        session: a session that has not approached its gateway yet.
        items: the checks, in the order in which they are judged.
        judged: gets their outcomes, and what broke them off or interrupted them.
        ahead: the checks of which some requests go out beside the first one.
    """
    from conformance.run import assemble, pytest_plugin  # noqa: PLC0415 - they import what only a run needs

    def run() -> int:
        session.approach()
        session.run_ahead([spec for node in ahead for spec in node.specs])
        pytest_plugin.ask(session.channel.register.ask, items)
        session.examine()
        session.begin()
        _judge_each(items, judged, session.watching)
        return 0

    with stopping.held():
        _guarded(run, judged)
        record = session.end(judged.stopped)
        session.troubles += judged.failures
        return assemble.put_together(record, judged), record


def _judge_each(found: Iterable[pytest.Item], judged: Outcomes, watching: Progress) -> None:
    from conformance.reports import html  # noqa: PLC0415 - slow, so imported while pictures are made
    from conformance.run.items import CheckItem  # noqa: PLC0415 - it imports pytest

    html.template()
    for item in found:
        if isinstance(item, CheckItem):
            stopping.check()
            before = len(judged.outcomes)
            item.judge()
            watching.judged(judged.outcomes[before:])


def _nothing_selected(texts: tuple[str, ...], options: Options) -> UsageError:
    names = ", ".join(map(repr, texts))
    level = ", level must" if options.level == "must" else ""
    return UsageError(
        f"--check: no check's name contains {names} (profile {options.profile}{level}); see the"
        " names in result.json or in the HTML report"
    )


def _not_imported(judged: Outcomes) -> list[BaseException]:
    """Return that modules of checks cannot be imported, by the last line of the first reason."""
    last = [text.strip().rpartition("\n")[2] for text in judged.broken[:1]]
    return [SuiteError(f"a module of checks cannot be used: {text}") for text in last]


def _guarded(run_pytest: Callable[[], int], judged: Outcomes) -> None:
    """Run pytest, and note what breaks it or stops it: what was gathered is kept, whatever it is."""
    import pytest  # noqa: PLC0415 - everything before this is usage, and answers at once

    broke = (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERNAL_ERROR)
    try:
        with stopping.released(), _without_pytest_variables():
            code = run_pytest()
    except KeyboardInterrupt:
        judged.interrupted = True
    except Exception as error:  # noqa: BLE001 - what was gathered is kept, whatever broke it
        judged.failures.append(error)
    else:
        if code in broke and not judged.failures and not judged.interrupted:
            told = f"pytest could not run the checks (exit code {int(code)})"
            judged.failures.append(SuiteError(told))


@contextlib.contextmanager
def _without_pytest_variables() -> Iterator[None]:
    taken = {k: os.environ.pop(k) for k in list(os.environ) if k.startswith("PYTEST_")}
    try:
        yield
    finally:
        os.environ.update(taken)
