"""What each command does: it reads its arguments, calls one part, and prints what came of it.

Imports happen inside the commands, so that `--help` and usage errors answer at once.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import shlex
from typing import TYPE_CHECKING

from conformance.cli import streams
from conformance.cli.shown import Shown
from conformance.errors import UsageError, noted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from conformance.run.session import Session


def run(parsed: argparse.Namespace) -> int:
    """Judge a gateway, write the reports, and return the exit code of the verdict."""
    from conformance.cli import against, embedded, finishing
    from conformance.run import garbage, judge, launch, lock, stopping

    garbage.collect_seldom()
    flags = vars(parsed)
    shown = Shown()
    with (
        contextlib.ExitStack() as kept,
        embedded.gateway(flags, os.environ) as (flags, environment, own),
    ):
        session = launch.session_for(
            flags,
            environment,
            config=parsed.config,
            command=_command(parsed),
            embedded=own,
            watcher=shown,
            hold=lambda folder, command: kept.enter_context(lock.locked(folder, command)),
        )
        streams.keep_secret(session.channel.target.vault)
        before = against.earlier(session.options)
        if session.options.dry_run:
            return _dry_run(session, parsed.latency)
        # From here on a signal stops the checks, and nothing else: the reports are written.
        with stopping.held():
            with shown.attend(session.options):
                result = judge.judge(session)
            folder = session.options.report_dir
            code = finishing.finish(
                result, folder, session.troubles, parsed.ci, quiet=session.options.quiet
            )
            if before is None:
                against.forget(folder)
                return code
            return against.finish(before, result, folder, code)


def _dry_run(session: Session, latency_s: float) -> int:
    from conformance.cli import dry_run
    from conformance.run import judge
    from conformance.send import spare

    if not 0 <= latency_s < float("inf"):
        raise UsageError(f"--latency: {latency_s:g} is no number of seconds")
    judge.run_checks(session)
    register, options = session.channel.register, session.options
    requests = register.plan.requests.values()
    laxest = spare.most_paid(requests, register.readers, spare.PURSES[options.profile])
    streams.write(dry_run.text(register.plan, options.limits, latency_s, laxest))
    return 0


def list_(parsed: argparse.Namespace) -> int:
    """Print the requirements of the contract, or those of a level or a clause."""
    from conformance.cli import listing

    draw = listing.as_json if parsed.json else listing.listing
    streams.write(draw(parsed.level or "", parsed.clause or ""))
    return 0


def explain(parsed: argparse.Namespace) -> int:
    """Print all about one requirement."""
    from conformance.cli import listing

    streams.write(listing.explanation(parsed.id))
    return 0


def completion(parsed: argparse.Namespace) -> int:
    """Print the script with which a shell completes this command line."""
    from conformance.cli import arguments, completion

    streams.write(completion.script(arguments.parser(), parsed.shell))
    return 0


def serve(parsed: argparse.Namespace) -> int:
    """Serve the reference gateway until Ctrl-C."""
    from conformance.cli import embedded

    if parsed.list:
        streams.write(embedded.catalogue())
        return 0
    embedded.serve(parsed.port, parsed.defect, parsed.variant, parsed.provider, parsed.change)
    return 0


def provide(parsed: argparse.Namespace) -> int:
    """Serve the stand-in provider until Ctrl-C."""
    from conformance.cli import provide

    provide.provide(parsed.address, parsed.journal, lenient=parsed.lenient)
    return 0


def selftest(parsed: argparse.Namespace) -> int:
    """Try the defects, the variants and the proxies; 1 if one is not what it should be."""
    from conformance.cli import selftest

    for id_ in parsed.ids:
        if id_ not in selftest.known_ids():
            raise UsageError(
                f"{id_!r} is no defect, variant or proxy; see `conformance serve --list`"
            )
    found, shown = [], streams.progress()
    for trial in selftest.trials(parsed.ids, max(parsed.jobs, 1)):
        found.append(trial)
        mark = "✗" if trial.problem else "✓"
        shown.write(f"{len(found):>4} {mark} {trial.id} ({trial.seconds:.1f} s)\n")
        shown.flush()
    wrong = sum(bool(t.problem) for t in found) + len(selftest.unbroken())
    tried = f"{len(found)} tried, {wrong} not as they should be\n"
    streams.write(selftest.table(found) + tried)
    return int(wrong > 0)


def report(parsed: argparse.Namespace) -> int:
    """Draw the reports of a stored result again; return the exit code of its verdict."""
    from conformance.cli import finishing
    from conformance.result import consistency, storage
    from conformance.run import lock, stopping
    from conformance.verify import demanding

    try:
        found = consistency.demand(storage.read(parsed.result), str(parsed.result))
    except storage.ResultError as error:
        raise UsageError(str(error)) from error
    folder = parsed.report_dir or parsed.result.parent
    troubles: list[BaseException] = []
    with lock.locked(folder, _command(parsed)):
        if why := demanding.why_unverified(parsed.result.parent, found, "report"):
            streams.say(f"{parsed.result} was not verified: {why}; the reports show what it says")
        with stopping.held():
            return finishing.finish(found, folder, troubles, parsed.ci)


def _command(parsed: argparse.Namespace) -> str:
    return shlex.join(["conformance", *parsed.given])


def merge(parsed: argparse.Namespace) -> int:
    """Put the results of all shards of a run together, and write its reports."""
    from conformance.cli import finishing
    from conformance.result import merge, parts
    from conformance.run import lock, stopping
    from conformance.verify import demanding

    found = merge.merged(parsed.folders)
    troubles: list[BaseException] = []
    with lock.locked(parsed.report_dir, _command(parsed)):
        for folder in parsed.folders:
            demanding.demand_judged(folder, "merge")
        with stopping.held():
            with noted(troubles):
                parts.keep(parsed.folders, parsed.report_dir)
            return finishing.finish(found, parsed.report_dir, troubles, parsed.ci)


def _of(module: str) -> Callable[[argparse.Namespace], int]:
    """Return the command of a module of its own, `conformance.cli.<module>`."""

    def command(parsed: argparse.Namespace) -> int:
        code: int = importlib.import_module(f"conformance.cli.{module}").run(parsed)
        return code

    return command


# What gives a verdict, and what serves until it is stopped.
JUDGING = ("run", "selftest", "report", "merge", "verify", "compare")
SERVING = ("serve", "provide")
COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "run": run,
    "list": list_,
    "explain": explain,
    "serve": serve,
    "provide": provide,
    "selftest": selftest,
    "report": report,
    "merge": merge,
    **{name: _of(name) for name in ("compare", "verify", "bundle", "sign", "keygen", "waive")},
    "completion": completion,
    "init": _of("init"),
}
