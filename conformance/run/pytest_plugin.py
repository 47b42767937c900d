"""The pytest plugin: binds checks to the target, and notes the outcome of each node.

`conformance run` starts pytest with a session of its own. The other way works too:

    pytest --pyargs conformance.checks --gateway-url http://127.0.0.1:8080
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from conformance.run.stashed import BY_HAND, JUDGED, SESSION, SHARED

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterable
    from pathlib import Path

    from conformance.run.selection import Node


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
        from conformance.errors import UsageError  # noqa: PLC0415 - keeps other pytest runs quick
        from conformance.run.launch import session_for  # noqa: PLC0415 - other pytest runs load this plugin, too
        from conformance.target import settings  # noqa: PLC0415 - other pytest runs load this plugin, too

        try:
            session = session_for({"url": url}, os.environ)
            if config.getoption("numprocesses", None):
                # Workers of pytest-xdist inherit it: all of them must collect the same nodes.
                os.environ.setdefault(settings.BY_NAME["seed"].variable, str(session.options.seed))
            config.stash[SESSION] = session
            config.stash[BY_HAND] = True
        except UsageError as error:
            raise pytest.UsageError(str(error)) from error
    run = config.stash.get(SESSION, None)
    if run is not None:
        from conformance.judge import outcome  # noqa: PLC0415 - other pytest runs load this plugin, too
        from conformance.run import fixtures  # noqa: PLC0415 - other pytest runs load this plugin, too

        config.stash.setdefault(JUDGED, outcome.Outcomes())
        config.stash[SHARED] = fixtures.Shared(run)


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
        run.approach()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> object | None:
    """Start sending before the first check is judged; a dry run judges nothing."""
    run = session.config.stash.get(SESSION, None)
    if run is None or session.testsfailed:
        return None
    if run.options.dry_run or session.config.option.collectonly:
        return True
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
    from conformance.judge import outcome  # noqa: PLC0415 - other pytest runs load this plugin, too
    from conformance.run.items import CheckItem  # noqa: PLC0415 - other pytest runs load this plugin, too

    raised = call.excinfo.value if call.excinfo is not None else None
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
    judged.interrupted = exitstatus == pytest.ExitCode.INTERRUPTED and not judged.broken
    if session.config.stash.get(BY_HAND, False):
        from conformance import reports  # noqa: PLC0415 - other pytest runs load this plugin, too
        from conformance.run import assemble  # noqa: PLC0415 - other pytest runs load this plugin, too

        reports.write(assemble.assemble(run.end(), judged), run.options.report_dir)
