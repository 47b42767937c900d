"""The plugin of the pytest that a run starts: binds checks to the session, and selects them.

A pytest that a person starts loads `conformance.api.pytest_plugin`, and not this one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.errors import ConformanceError
from conformance.judging import outcome
from conformance.run import fixtures, selection
from conformance.run.items import CheckItem, CheckModule
from conformance.run.stashed import JUDGED, SESSION, SHARED

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from pathlib import Path

    from conformance.cases.spec import Spec
    from conformance.run.selection import Node


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Prepare what the checks share."""
    run = config.stash.get(SESSION, None)
    if run is not None:
        config.stash.setdefault(JUDGED, outcome.Outcomes())
        config.stash[SHARED] = fixtures.Shared(run)


def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> pytest.Module | None:
    """Collect only checks if there is a gateway to judge."""
    if parent.config.stash.get(SESSION, None) is None:
        return None
    return CheckModule.from_parent(parent, path=module_path)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the checks that are not selected; those that look at every answer come last."""
    run = config.stash.get(SESSION, None)
    if run is None:
        return
    checks = {item: item.node for item in items if isinstance(item, CheckItem)}
    selected = {i: n for i, n in checks.items() if selection.wanted(n, run.options)}
    config.stash[JUDGED].unmatched = unmatched(run.options.checks, selected.values())
    if run.options.shard:
        own = selection.of_shard(selected.values(), run.options.shard, run.channel.plan)
        selected = {i: n for i, n in selected.items() if n.name in own}
    left_out = [item for item in items if item not in selected]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
    ordered = sorted(selected, key=lambda item: selection.place(selected[item]))
    items[:] = ordered
    ask(run.channel.register.ask, ordered)


def ask(asking: Callable[[Spec, str], object], items: Iterable[CheckItem]) -> None:
    """Put what checks ask into the plan, in their order."""
    for item in items:
        for spec in item.node.specs:
            asking(spec, item.node.declaration.id)


def unmatched(texts: Iterable[str], nodes: Collection[Node]) -> tuple[str, ...]:
    """Return each text of `--check` that is in no selected check's name."""
    return tuple(t for t in texts if not any(t in node.name for node in nodes))


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Send the target its first request; pytest collects the checks while the gateway answers it."""
    run = session.config.stash.get(SESSION, None)
    if run is not None and not run.options.dry_run:
        run.approach()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> object | None:
    """Start sending before the first check is judged; a dry run judges nothing."""
    run = session.config.stash.get(SESSION, None)
    if run is None or session.testsfailed:
        return None
    if run.options.dry_run:
        return True
    run.examine()
    run.begin()
    return None


def pytest_exception_interact(
    node: pytest.Item | pytest.Collector,
    call: pytest.CallInfo[object],
    report: pytest.CollectReport | pytest.TestReport,
) -> None:
    """Note a module of checks that pytest cannot import, since then the suite itself is broken."""
    judged = node.config.stash.get(JUDGED, None)
    if judged is not None and isinstance(report, pytest.CollectReport):
        cause = call.excinfo.value.__cause__ if call.excinfo is not None else None
        told = str(cause) if isinstance(cause, ConformanceError) else str(report.longrepr)
        judged.broken.append(told)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Note whether a signal stopped the checks."""
    if session.config.stash.get(SESSION, None) is not None:
        judged = session.config.stash[JUDGED]
        stopped = exitstatus == pytest.ExitCode.INTERRUPTED
        judged.interrupted = stopped and not judged.broken and not judged.failures
