"""The pytest plugin: binds checks to the target, and notes the outcome of each node.

`conformance run` starts pytest with a session of its own. The other way works too:

    pytest --pyargs conformance.checks --gateway-url http://127.0.0.1:8080
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

import pytest

from conformance.run.stashed import BY_HAND, JUDGED, SESSION, SHARED

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterable, Iterator
    from pathlib import Path

    from conformance.run.selection import Node
    from conformance.run.session import Session

# As `conformance run` ends when the suite itself fails.
BROKEN_EXIT = 3


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the one option that switches the checks on; the rest comes from the settings."""
    group = parser.getgroup("conformance")
    group.addoption(
        "--gateway-url",
        help="judge this gateway with conformance.checks (other settings: CONFORMANCE_* variables"
        " and conformance.toml)",
    )


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Make a session from the settings if a person started pytest."""
    url = config.getoption("gateway_url", None)
    if url and config.stash.get(SESSION, None) is None:
        from conformance.target import settings  # noqa: PLC0415 - other pytest runs load this plugin, too

        config.stash[BY_HAND] = True
        with _one_line(config):
            session = _session(config, url)
            if config.getoption("numprocesses", None):
                # Workers of pytest-xdist inherit it: all of them must collect the same nodes.
                os.environ.setdefault(settings.BY_NAME["seed"].variable, str(session.options.seed))
            config.stash[SESSION] = session
    run = config.stash.get(SESSION, None)
    if run is not None:
        from conformance.judging import outcome  # noqa: PLC0415 - other pytest runs load this plugin, too
        from conformance.run import fixtures  # noqa: PLC0415 - other pytest runs load this plugin, too

        config.stash.setdefault(JUDGED, outcome.Outcomes())
        config.stash[SHARED] = fixtures.Shared(run)


def _session(config: pytest.Config, url: str) -> Session:
    """Return the session of a pytest that a person started; it holds the report folder until the end.

    The workers of pytest-xdist share the folder with the process that started them, which holds it.
    """
    from conformance.run import lock, stopping  # noqa: PLC0415 - other pytest runs load this plugin, too
    from conformance.run.launch import session_for  # noqa: PLC0415 - other pytest runs load this plugin, too

    kept = contextlib.ExitStack()
    config.add_cleanup(kept.close)
    if hasattr(config, "workerinput") or config.option.collectonly:
        return session_for({"url": url}, os.environ)
    kept.enter_context(stopping.installed())
    told = f"pytest --gateway-url {url}"
    return session_for(
        {"url": url},
        os.environ,
        hold=lambda folder, _: kept.enter_context(lock.locked(folder, told)),
    )


@contextlib.contextmanager
def _one_line(config: pytest.Config) -> Iterator[None]:
    """End a pytest that a person started with one line if the suite itself fails.

    `conformance run` keeps what was raised, and says it itself.
    """
    from conformance.errors import UsageError, told  # noqa: PLC0415 - other pytest runs load this plugin, too
    from conformance.target.settings import TRACEBACK_VARIABLE  # noqa: PLC0415 - other pytest runs load this plugin, too

    try:
        yield
    except (pytest.UsageError, pytest.exit.Exception):
        raise
    except Exception as error:
        if not config.stash.get(BY_HAND, False) or os.environ.get(TRACEBACK_VARIABLE):
            raise
        if isinstance(error, UsageError):
            raise pytest.UsageError(str(error)) from error
        pytest.exit(f"conformance: {told(error)}", returncode=BROKEN_EXIT)


def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> pytest.Module | None:
    """Collect only checks if there is a gateway to judge."""
    if parent.config.stash.get(SESSION, None) is None:
        return None
    from conformance.run.items import CheckModule  # noqa: PLC0415 - other pytest runs load this plugin, too

    return CheckModule.from_parent(parent, path=module_path)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the checks that are not selected; those that look at every answer come last."""
    run = config.stash.get(SESSION, None)
    if run is None:
        return
    from conformance.run import selection  # noqa: PLC0415 - other pytest runs load this plugin, too

    checks = {item: node for item in items if (node := _node_of(item)) is not None}
    selected = {i: n for i, n in checks.items() if selection.wanted(n, run.options)}
    config.stash[JUDGED].unmatched = _unmatched(run.options.checks, selected.values())
    if run.options.shard:
        own = selection.of_shard(selected.values(), run.options.shard, run.channel.plan)
        selected = {i: n for i, n in selected.items() if n.name in own}
    left_out = [item for item in items if item not in selected]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
    items[:] = sorted(selected, key=lambda item: selection.place(selected[item]))
    for item in items:
        for spec in selected[item].specs:
            run.channel.register.ask(spec, selected[item].declaration.id)


def _node_of(item: pytest.Item) -> Node | None:
    """Return the node of a check, or None for an item that is no check."""
    node: Node | None = getattr(item, "node", None)
    return node


def _unmatched(texts: Iterable[str], nodes: Collection[Node]) -> tuple[str, ...]:
    """Return each text of `--check` that is in no selected check's name."""
    return tuple(t for t in texts if not any(t in node.name for node in nodes))


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Send the target its first request; pytest collects the checks while the gateway answers it."""
    run = session.config.stash.get(SESSION, None)
    if run is not None and not run.options.dry_run and not session.config.option.collectonly:
        with _one_line(session.config):
            run.approach()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> object | None:
    """Start sending before the first check is judged; a dry run judges nothing."""
    run = session.config.stash.get(SESSION, None)
    if run is None or session.testsfailed:
        return None
    if run.options.dry_run or session.config.option.collectonly:
        return True
    with _one_line(session.config):
        run.examine()
        run.begin()
    return None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note each node's outcome; a check that ends untestable shows as skipped in pytest."""
    report = yield
    if item.config.stash.get(SESSION, None) is None:
        return report
    from conformance.errors import BrokenRunError  # noqa: PLC0415 - other pytest runs load this plugin, too
    from conformance.judging import outcome  # noqa: PLC0415 - other pytest runs load this plugin, too
    from conformance.run.items import CheckItem  # noqa: PLC0415 - other pytest runs load this plugin, too

    raised = call.excinfo.value if call.excinfo is not None else None
    if isinstance(raised, BrokenRunError):
        item.config.stash[JUDGED].failures.append(raised)
        item.session.shouldstop = str(raised)
    if isinstance(item, CheckItem) and (call.when == "call" or raised is not None):
        status, message = item.note(raised, call.duration)
        if outcome.shows_as_skipped(status):
            report.outcome = "skipped"
            report.longrepr = (str(item.path), 0, f"{status}: {message}")
    return report


def pytest_exception_interact(
    node: pytest.Item | pytest.Collector,
    call: pytest.CallInfo[object],
    report: pytest.CollectReport | pytest.TestReport,
) -> None:
    """Note a module of checks that pytest cannot import, since then the suite itself is broken."""
    judged = node.config.stash.get(JUDGED, None)
    if judged is not None and isinstance(report, pytest.CollectReport):
        from conformance.errors import ConformanceError  # noqa: PLC0415 - other pytest runs load this plugin, too

        cause = call.excinfo.value.__cause__ if call.excinfo is not None else None
        told = str(cause) if isinstance(cause, ConformanceError) else str(report.longrepr)
        judged.broken.append(told)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Stop sending, and write the reports if a person started pytest."""
    run = session.config.stash.get(SESSION, None)
    if run is None:
        return
    judged = session.config.stash[JUDGED]
    stopped = exitstatus == pytest.ExitCode.INTERRUPTED
    judged.interrupted = stopped and not judged.broken and not judged.failures
    if session.config.stash.get(BY_HAND, False):
        from conformance import reports  # noqa: PLC0415 - other pytest runs load this plugin, too
        from conformance.run import assemble, stopping  # noqa: PLC0415 - other pytest runs load this plugin, too

        with _one_line(session.config), stopping.held():
            record = run.end(judged.stopped)
            record.troubles.extend(judged.failures)
            result = assemble.put_together(record, judged)
            reports.write(result, run.options.report_dir, troubles=record.troubles)
            for trouble in record.troubles:
                raise trouble
