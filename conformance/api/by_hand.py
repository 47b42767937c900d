"""The one run of a pytest that a person started: its checks are collected, then judged all at once.

Collecting sends nothing, binds no address and writes no file: it may be `--collect-only`, or one of several
workers. The run begins when pytest comes to its first check, with what pytest has selected by then.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from conformance.api.shared import Judged, once
from conformance.errors import told
from conformance.judging.outcome import Outcomes
from conformance.run import fixtures, garbage, judge, launch, lock, selection, stopping
from conformance.run.assemble import INTERRUPTED
from conformance.run.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from conformance.result.model import Result
    from conformance.run.items import CheckItem
    from conformance.run.selection import Node
    from conformance.target.options import Options
    from conformance.target.target import Target


@dataclass
class ByHand:
    """The run of a person's pytest: what it is made from, and what it came to.

    `known` are the nodes of all checks that pytest has looked at, and `modules` the files that hold them.
    """

    target: Target
    options: Options
    shared: fixtures.Shared
    outcomes: Outcomes
    known: list[Node] = field(default_factory=list)
    modules: set[str] = field(default_factory=set)
    judged: Judged | None = None


def prepared(url: str | None, *, seed: int | None, asks: bool) -> ByHand:
    """Return a run that has not begun.

    Args:
        url: the gateway; None takes that of the settings.
        seed: the seed of a run whose settings name none; None draws one.
        asks: whether the gateway may be asked whether it is the reference gateway, so that it needs no
            credential.

    Raises:
        UsageError: a setting cannot be used, or there is no URL.
    """
    flags = {"url": url, "dry_run": not asks}
    target, options = launch.settled(flags, os.environ, seed=seed)
    # It tells what checks run for, and sends nothing.
    telling = Session(replace(target, listen=None), replace(options, dry_run=True))
    telling.channel.close()
    made = replace(options, dry_run=False)
    return ByHand(target, made, fixtures.Shared(telling), Outcomes())


def selected(run: ByHand, items: Sequence[CheckItem]) -> list[CheckItem]:
    """Return the checks of a run among those that pytest has left so far, in the order of the run."""
    found = [item for item in items if selection.wanted(item.node, run.options)]
    if shard := run.options.shard:
        plan = run.shared.session.channel.plan
        own = selection.of_shard([item.node for item in found], shard, plan)
        found = [item for item in found if item.node.name in own]
    return sorted(found, key=lambda item: selection.place(item.node))


def judged_once(run: ByHand, items: Iterable[CheckItem], folder: Path | None) -> Judged:
    """Return what the run came to; it is judged now, or was by another worker.

    Raises:
        KeyboardInterrupt: a signal came; the reports say what was found until then.
    """
    ordered = sorted(items, key=lambda item: selection.place(item.node))
    run.judged = once(folder, "checks", lambda: _judged(run, ordered))
    result = run.judged.result
    if result is not None and INTERRUPTED in result.notes:
        raise KeyboardInterrupt
    return run.judged


def _judged(run: ByHand, items: Sequence[CheckItem]) -> Judged:
    from conformance import reports  # noqa: PLC0415 - collecting needs none

    options = _narrowed(run, items)
    with contextlib.ExitStack() as kept:
        kept.enter_context(stopping.installed())
        kept.enter_context(garbage.seldom())
        kept.enter_context(lock.locked(options.report_dir, options.command))
        session = run.shared.session = Session(run.target, options)
        with stopping.held():
            result, record = judge.judge_collected(
                session, items, run.outcomes, selection.ahead(run.known, options)
            )
            written = reports.write(result, options.report_dir, troubles=session.troubles)
            return Judged(result, _files(written, options), _trouble(record.troubles))


def _trouble(troubles: Iterable[BaseException]) -> str:
    return "; ".join(dict.fromkeys(map(told, troubles)))


def _files(written: Sequence[Path], options: Options) -> tuple[str, ...]:
    from conformance.evidence.log import EVIDENCE_FILE  # noqa: PLC0415 - collecting needs none

    evidence = options.report_dir / EVIDENCE_FILE
    return (*map(str, written), *([str(evidence)] if evidence.is_file() else []))


def _narrowed(run: ByHand, items: Sequence[CheckItem]) -> Options:
    """Return the options of a run of these checks: partial, if pytest has left out any."""
    url, seed = run.target.base_url, run.options.seed
    named = f"--challenge {run.options.challenge}" if run.options.challenge else f"--seed {seed}"
    options = replace(run.options, command=f"conformance run {url} {named}")
    names = {item.node.name for item in items}
    files = {path.name for path in selection.CHECKS.glob("test_*.py")}
    wanted = {node.name for node in run.known if selection.wanted(node, options)}
    if shard := options.shard:
        wanted &= selection.of_shard(run.known, shard, run.shared.session.channel.plan)
    if files <= run.modules and wanted <= names:
        return options
    # What repeats it is pytest's own command line, which no plugin knows whole.
    return replace(options, nodes=tuple(sorted(names)), command="")


def failed(result: Result) -> bool:
    """Return whether a result must not end with exit code 0."""
    from conformance.result.verdict import exit_code  # noqa: PLC0415 - collecting needs none

    return exit_code(result) != 0
