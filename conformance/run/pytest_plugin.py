"""The pytest plugin: binds checks to the target, and notes the outcome of each node.

`conformance run` starts pytest with a session of its own. The other way works too:

    pytest --pyargs conformance.checks --gateway-url http://127.0.0.1:8080
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from conformance.contract import profiles
from conformance.run import selection
from conformance.run.selection import CASE, EXCHANGE, EXCHANGES
from conformance.run.stashed import AHEAD, BY_HAND, JUDGED, NOTED, READ, SESSION

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterable

    from conformance.run.selection import Node
    from conformance.run.session import Session


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
    if config.stash.get(SESSION, None) is not None:
        from conformance.judge import outcome  # noqa: PLC0415 - other pytest runs load this plugin, too
        from conformance.run import fixtures  # noqa: PLC0415 - other pytest runs must not see its names

        config.stash.setdefault(JUDGED, outcome.Outcomes())
        config.pluginmanager.register(fixtures)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each check its requests: one node for each spec of `@sends`, or for each case."""
    session = metafunc.config.stash.get(SESSION, None)
    if session is None:
        return
    from conformance.judge.declare import TOGETHER, declaration_of  # noqa: PLC0415 - other pytest runs load this plugin, too

    declared = declaration_of(metafunc.function)
    if declared is None:
        return
    if declared.property_case:
        _run_ahead(session, metafunc)
    if declared.cases:
        named = [*declared.cases] == [TOGETHER]
        arguments = [EXCHANGES] if named else [CASE, EXCHANGES]
        rows = [(case, requests)[named:] for case, requests in declared.cases.items()]
        ids = [_ascii(case) for case in declared.cases]
        metafunc.parametrize(arguments, rows, ids=ids, indirect=[EXCHANGES])
    elif declared.specs is not None:
        profile = session.options.profile
        specs = declared.specs_for(session.facts)
        if profile == "smoke":
            chosen = specs[:1]
        else:
            chosen = [s for s in specs if profiles.within(s.profile, profile)]
        ids = [_ascii(s.title or s.label) for s in chosen]
        metafunc.parametrize(EXCHANGE, chosen, ids=ids, indirect=True)


def _run_ahead(session: Session, metafunc: pytest.Metafunc) -> None:
    """Send the requests of the checks so far, before the first property case is drawn."""
    if metafunc.config.stash.get(AHEAD, False):
        return
    metafunc.config.stash[AHEAD] = True
    nodes = [selection.node_of(item) for item in metafunc.definition.session.items]
    chosen = [n for n in nodes if n is not None and selection.wanted(n, session.options)]
    session.run_ahead([spec for node in chosen for spec in node.specs])


def _ascii(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode().replace("::", ":")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the checks that are not selected; those that look at every answer come last."""
    run = config.stash.get(SESSION, None)
    if run is None:
        return
    selected = _selected(run, items)
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


def _selected(run: Session, items: list[pytest.Item]) -> dict[pytest.Item, Node]:
    nodes = ((item, selection.node_of(item)) for item in items)
    return {i: n for i, n in nodes if n is not None and selection.wanted(n, run.options)}


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
    run, node = item.config.stash.get(SESSION, None), selection.node_of(item)
    if run is None or node is None:
        return report
    from conformance.judge import ends, outcome  # noqa: PLC0415 - other pytest runs load this plugin, too

    raised = call.excinfo.value if call.excinfo is not None else None
    if call.when == "call" or raised is not None:
        read: tuple[str, ...] = (*item.stash.get(READ, list[str]()),)
        # A counterexample names the requirement that its smallest form breaks, and a check may find
        # that several are broken.
        for one in (raised, *(raised.others if isinstance(raised, ends.Failed) else ())):
            shown, tied_to = read, node.declaration.id
            if isinstance(one, ends.Failed):
                shown, tied_to = one.exchanges or read, one.requirement or tied_to
            status, message = outcome.status_of(one, tied_to)
            item.config.stash[JUDGED].outcomes.append(
                outcome.Outcome(
                    node=item.nodeid,
                    tied_to=tied_to,
                    status=status,
                    message="\n".join([*item.stash.get(NOTED, []), message]).strip(),
                    exchanges=tuple(dict.fromkeys(shown)),
                    duration_s=call.duration,
                )
            )
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
