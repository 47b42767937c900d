"""The plugin of a pytest that a person starts: judges a gateway with the checks, and as a fixture.

    pytest --pyargs conformance.checks --conformance-url http://127.0.0.1:8080

Every pytest of the environment loads it, so that it imports nothing of the suite before that is needed.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conformance.api import workers
from conformance.api.fixtures import conformance_result, conformance_settings, conformance_target

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ["conformance_result", "conformance_settings", "conformance_target"]

CHECKS = Path(__file__).parent.parent / "checks"
URL_FLAG, OLD_FLAG = "--conformance-url", "--gateway-url"
# Why the checks cannot be used.
UNUSABLE = workers.UNUSABLE
NO_URL = (
    "conformance.checks: no gateway to judge is named; give --conformance-url URL, set CONFORMANCE_URL, or"
    " write conformance_url into the ini file"
)


# ------------------------------------------------------------------ options


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the key of the ini file."""
    parser.addini(workers.INI, "the gateway that conformance.checks and conformance_result judge")


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Generator[None, Any, Any]:
    """Add the flags behind those of every plugin and conftest: where one has the name already, it keeps it."""
    found = yield
    group = parser.getgroup("conformance")
    for flag, said in (
        (
            URL_FLAG,
            "judge this gateway (other settings: CONFORMANCE_* variables, conformance.toml)",
        ),
        (OLD_FLAG, f"the old name of {URL_FLAG}"),
    ):
        with contextlib.suppress(ValueError, argparse.ArgumentError):
            group.addoption(flag, dest=workers.DEST, default=None, metavar="URL", help=said)
    given = parser.parse_known_args(args, namespace=copy.copy(early_config.option))
    if workers.are_needless(given, CHECKS):
        args += ["-n", "0"]
    return found


# ------------------------------------------------------------------ pytest-xdist


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand to a worker what all of them share."""
    workers.hand_over(node)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove what the workers shared."""
    workers.clear(config)


# ------------------------------------------------------------------ the checks


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a module of checks that the user's `python_files` does not name."""
    if not _is_check(file_path) or parent.session.isinitpath(file_path):
        return None
    patterns = parent.config.getini("python_files")
    if any(file_path.match(pattern) for pattern in patterns):
        return None  # pytest itself does
    found = parent.ihook.pytest_pycollect_makemodule(module_path=file_path, parent=parent)
    return found if isinstance(found, pytest.Collector) else None


def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> pytest.Module | None:
    """Collect a module of checks in the suite's own way; every other module is its owner's."""
    if not _is_check(module_path):
        return None
    from conformance.api.reported import ReportedModule, UnusableModule  # noqa: PLC0415 - other pytest runs load this plugin, too

    kind = ReportedModule if _prepared(parent.config) else UnusableModule
    return kind.from_parent(parent, path=module_path)


def _is_check(path: Path) -> bool:
    return path.parent == CHECKS and path.name.startswith("test_")


def _prepared(config: pytest.Config) -> bool:
    """Prepare the run with the first module of checks; return False if it cannot be made."""
    from conformance.api.reported import BY_HAND  # noqa: PLC0415 - other pytest runs load this plugin, too

    if BY_HAND in config.stash or UNUSABLE in config.stash:
        return BY_HAND in config.stash
    from conformance.api import by_hand  # noqa: PLC0415 - a pytest without the checks needs none
    from conformance.errors import ConformanceError  # noqa: PLC0415 - a pytest without the checks needs none
    from conformance.run.stashed import JUDGED, SHARED  # noqa: PLC0415 - a pytest without the checks needs none

    try:
        run = by_hand.prepared(
            workers.url(config), seed=workers.seed(config), asks=not config.option.collectonly
        )
    except ConformanceError as error:
        why = str(error)
        config.stash[UNUSABLE] = NO_URL if why.startswith("no URL") else f"conformance: {why}"
        return False
    config.stash[BY_HAND] = run
    config.stash[SHARED], config.stash[JUDGED] = run.shared, run.outcomes
    return True


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection(session: pytest.Session) -> Generator[None, Any, Any]:
    """End a pytest whose checks have no gateway, or settings that cannot be used, with one sentence."""
    try:
        found = yield
    except BaseException:
        _refuse(session.config)
        raise
    _refuse(session.config)
    return found


def _refuse(config: pytest.Config) -> None:
    """Raise why the checks cannot be used; a worker has said it with its first module."""
    if UNUSABLE in config.stash and not workers.is_one(config):
        raise pytest.UsageError(config.stash[UNUSABLE]) from None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what the settings do not select, and put the checks in the order of a run."""
    if not any(_is_check(item.path) for item in items):
        return
    from conformance.api import by_hand  # noqa: PLC0415 - other pytest runs load this plugin, too
    from conformance.api.reported import BY_HAND, ReportedCheck  # noqa: PLC0415 - a pytest without the checks needs none
    from conformance.run.pytest_plugin import unmatched  # noqa: PLC0415 - a pytest without the checks needs none

    run = config.stash.get(BY_HAND, None)
    if run is None:
        return
    checks = [item for item in items if isinstance(item, ReportedCheck)]
    chosen = by_hand.selected(run, checks)
    if left := unmatched(run.options.checks, [item.node for item in chosen]):
        why = f"conformance: --check: no check's name contains {', '.join(left)}"
        raise pytest.UsageError(why)
    kept = {id(item) for item in chosen}
    left_out = [item for item in checks if id(item) not in kept]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
    # Each check stands where a check stood: tests of others stay in their places.
    mine, dropped, next_one = {id(i) for i in checks}, {id(i) for i in left_out}, iter(chosen)
    stay = [item for item in items if id(item) not in dropped]
    items[:] = [next(next_one) if id(item) in mine else item for item in stay]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """Judge all checks before the first of them reports; time limits of single tests have not begun."""
    if _is_check(item.path):
        _judge(item)
    return (yield)


def _judge(item: pytest.Item) -> None:
    from conformance.api.reported import BY_HAND, SHOWN, ReportedCheck  # noqa: PLC0415 - other pytest runs load this plugin, too

    config = item.config
    run = config.stash.get(BY_HAND, None)
    if run is None or SHOWN in config.stash or not isinstance(item, ReportedCheck):
        return
    from conformance.api import by_hand, outcomes, telling  # noqa: PLC0415 - a pytest without the checks needs none

    checks = [one for one in item.session.items if isinstance(one, ReportedCheck)]
    telling.begins(config, run, len(checks))
    with telling.guarded():
        try:
            judged = by_hand.judged_once(run, checks, workers.folder(config))
        finally:
            if run.judged is not None:
                workers.keep(config, run.judged)
    named = [(one.node.name, one.node.declaration.id) for one in checks]
    report = next((path for path in judged.files if path.endswith(".html")), "")
    config.stash[SHOWN] = outcomes.shown(judged.result, named, report) if judged.result else {}


@pytest.hookimpl(tryfirst=True)
def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, Any] | None:
    """Count a broken SHOULD as `warned`: the test has passed, and its reader should look."""
    warned = ("conformance_status", "warn") in getattr(report, "user_properties", ())
    if warned and report.when == "call" and report.passed:
        return "warned", "w", ("WARNED", {"yellow": True})
    return None


# ------------------------------------------------------------------ the end


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """End with 1 where the checks say that the gateway does not conform, or could not say it."""
    for judged in workers.all_made(session.config):
        of_checks = not judged.by_fixture
        bad = judged.trouble or judged.result is None
        if not bad and judged.result is not None and of_checks:
            from conformance.api.by_hand import failed  # noqa: PLC0415 - other pytest runs load this plugin, too

            bad = failed(judged.result)
        if bad and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Show the verdict, what it rests on, and where the reports are."""
    for judged in workers.all_made(config):
        from conformance.api import telling  # noqa: PLC0415 - other pytest runs load this plugin, too

        telling.summary(terminalreporter, judged)
