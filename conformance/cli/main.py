"""The command line: `conformance run`, `merge`, `list`, `explain`, `serve`, `provide` and others.

Thin on purpose: each command reads its arguments, calls one part, and prints what came of it.
Imports happen inside the commands, so that `--help` answers at once.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from conformance import __version__
from conformance.errors import ConformanceError, UsageError
from conformance.target import settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.result.model import Result
    from conformance.run.session import Session
    from conformance.send.usage import Usage

USAGE_EXIT = 2
INTERRUPTED_EXIT = 130
BROKEN_EXIT = 3


class Parser(argparse.ArgumentParser):
    """An argument parser that says what is wrong in one line, and guesses no flag.

    A guess would take `--api-key SECRET` for `--api-key-env`, and print the secret.
    """

    def __init__(self, **given: Any) -> None:
        super().__init__(**{**given, "allow_abbrev": False})

    def error(self, message: str) -> NoReturn:
        """Raise a usage error in place of printing the whole usage."""
        raise UsageError(f"{message}; see `{self.prog} --help`")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the process's exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        parsed = _parsed(given)
        code: int = parsed.command(parsed)
    except UsageError as error:
        return _failed(str(error), USAGE_EXIT)
    except ConformanceError as error:
        return _failed(str(error), BROKEN_EXIT)
    except KeyboardInterrupt:
        return _failed("interrupted", INTERRUPTED_EXIT)
    except BrokenPipeError:
        # Nobody reads any more: `conformance list | head`. Python would complain once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _parsed(given: list[str]) -> argparse.Namespace:
    parsed, unknown = parser().parse_known_args(given)
    if unknown:
        # Of `--api-key SECRET` the message repeats the flag alone.
        flags = [w.partition("=")[0] for w in unknown if w.startswith("-")] or unknown
        raise UsageError(f"unrecognized arguments: {' '.join(flags)}; see `conformance --help`")
    parsed.given = given
    return parsed


def _failed(message: str, code: int) -> int:
    sys.stderr.write(f"conformance: {message}\n")
    return code


def parser() -> Parser:
    """Return the parser of the whole command line."""
    top = Parser(
        prog="conformance",
        description="Judges whether a gateway's POST /v1/images/variations does what its"
        " documentation says.",
        epilog="Exit codes: 0 conformant, 1 nonconformant, 2 usage, 3 incomplete, 130 interrupted.",
    )
    top.add_argument("--version", action="version", version=f"conformance {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_run(commands)
    _add_small(commands)
    _add_selftest(commands)
    return top


def _add_run(commands: Any) -> None:
    run = commands.add_parser(
        "run",
        help="judge a gateway, and write the reports",
        description="Judges the gateway at URL, its base address; without URL, the embedded"
        " reference gateway. Each option has a CONFORMANCE_* variable and a key in"
        " conformance.toml; the option wins over the variable, the variable over the file.",
    )
    run.set_defaults(command=_run)
    run.add_argument("url", nargs="?", metavar="URL")
    run.add_argument("--config", type=Path, metavar="FILE", help="configuration file")
    run.add_argument(
        "--dry-run", action="store_true", help="print the plan and its price, send nothing"
    )
    run.add_argument(
        "--resume",
        action="store_true",
        help="go on with the run in the report folder that was killed or interrupted: what its"
        " evidence has settled is not sent again",
    )
    run.add_argument(
        "--latency",
        type=float,
        default=1.0,
        metavar="S",
        help="with --dry-run: seconds that the gateway takes for a success (default: 1)",
    )
    for setting in settings.SETTINGS:
        if setting.kind == "switch":
            run.add_argument(setting.flag, action="store_true", default=None, help=setting.help)
            continue
        default = "" if setting.default is None else f" (default: {setting.default})"
        run.add_argument(
            setting.flag,
            action="append" if setting.many else "store",
            metavar=setting.metavar
            or (
                "|".join(setting.choices)
                if len(setting.choices) in (2, 3)
                else setting.name[:1].upper()
            ),
            help=(setting.help + default).replace("%", "%%"),
        )


def _add_small(commands: Any) -> None:
    listing = commands.add_parser("list", help="list the requirements of the contract")
    listing.set_defaults(command=_list)
    explain = commands.add_parser("explain", help="say all about one requirement")
    explain.add_argument("id", metavar="ID")
    explain.set_defaults(command=_explain)
    serve = commands.add_parser(
        "serve",
        help="serve the reference gateway on this machine",
        description="Serves the reference gateway on loopback. It accepts its demonstration"
        f" credentials and the one in {settings.SECRET_VARIABLE}, if that is set.",
    )
    serve.add_argument("--port", type=int, default=8080, help="port; 0 takes a free one")
    serve.add_argument(
        "--defect", action="append", default=[], metavar="D", help="have this defect"
    )
    serve.add_argument(
        "--variant", action="append", default=[], metavar="V", help="differ like this"
    )
    serve.add_argument("--provider", default="", metavar="URL", help="forward to this provider")
    serve.add_argument("--list", action="store_true", help="list the defects and the variants")
    serve.set_defaults(command=_serve)
    provide = commands.add_parser(
        "provide",
        help="serve the stand-in provider alone, for a gateway that is to be set up",
        description="Serves OpenAI's images API: any model, pictures that carry the digest of the"
        " image that arrived, and faults by the model's name. A port alone means loopback.",
    )
    provide.add_argument("address", metavar="HOST:PORT")
    provide.add_argument("--journal", type=Path, metavar="FILE", help="append each call, as JSON")
    provide.set_defaults(command=_provide)
    report = commands.add_parser("report", help="draw the reports again from a result.json")
    report.add_argument("result", type=Path, nargs="?", default=Path("reports/result.json"))
    report.add_argument("--report-dir", type=Path, metavar="DIR", help="folder to write to")
    report.set_defaults(command=_report)
    merge = commands.add_parser(
        "merge",
        help="put the shards of a run together",
        description="Puts the results of all shards of a run together, as one run would have"
        " found it, and writes the same reports. Refuses shards of different runs.",
    )
    merge.add_argument("folders", type=Path, nargs="+", metavar="DIR", help="a shard's reports")
    merge.add_argument("--report-dir", type=Path, default=Path("reports"), metavar="DIR")
    merge.set_defaults(command=_merge)


def _add_selftest(commands: Any) -> None:
    selftest = commands.add_parser(
        "selftest",
        help="prove the suite on the reference gateway's defects",
        description="Judges the reference gateway with each of its defects and variants, and"
        " prints which requirement each turns red. Exit code 1 if one is not what it should be.",
    )
    selftest.add_argument("ids", nargs="*", metavar="ID", help="only these defects and variants")
    selftest.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N")
    selftest.set_defaults(command=_selftest)


def _run(parsed: argparse.Namespace) -> int:
    from conformance.cli import embedded
    from conformance.run import garbage, launch

    garbage.collect_seldom()
    flags = vars(parsed)
    shown = _Shown()
    with embedded.gateway(flags, os.environ) as (flags, environment, own):
        session = launch.session_for(
            flags,
            environment,
            config=parsed.config,
            command=shlex.join(["conformance", *parsed.given]),
            embedded=own,
            on_progress=shown.update,
        )
        if session.options.dry_run:
            return _dry_run(session, parsed.latency)
        with shown:
            result = launch.judge(session)
    return _finish(result, session.options.report_dir)


def _dry_run(session: Session, latency_s: float) -> int:
    from conformance.cli import dry_run
    from conformance.run import launch

    if not 0 <= latency_s < float("inf"):
        raise UsageError(f"--latency: {latency_s:g} is no number of seconds")
    launch.run_checks(session)
    limits = session.options.limits
    sys.stdout.write(dry_run.text(session.plan, limits.concurrency, latency_s, limits.max_images))
    return 0


def _finish(result: Result, folder: Path) -> int:
    from conformance import reports
    from conformance.evidence.log import EVIDENCE_FILE, PROVIDER_FILE
    from conformance.result.model import exit_code
    from conformance.run.assemble import INTERRUPTED

    written = reports.write(result, folder)
    evidence = [p for p in (folder / EVIDENCE_FILE, folder / PROVIDER_FILE) if p.is_file()]
    sys.stdout.write(_summary(result, tuple(str(path) for path in (*written, *evidence))))
    return INTERRUPTED_EXIT if INTERRUPTED in result.notes else exit_code(result)


def _summary(result: Result, written: tuple[str, ...]) -> str:
    import shutil

    from conformance.reports import terminal

    return terminal.summary(
        result,
        width=shutil.get_terminal_size().columns,
        color=terminal.use_color(sys.stdout, dict(os.environ)),
        unicode=terminal.use_unicode(sys.stdout),
        reports=written,
    )


class _Shown:
    """Progress on standard error, begun when the first answer comes."""

    def __init__(self) -> None:
        self._progress: Any = None

    def __enter__(self) -> None:
        return None

    def __exit__(self, *raised: object) -> None:
        if self._progress is not None:
            self._progress.__exit__(*raised)

    def update(self, done: int, total: int, spent: Usage, share: float) -> None:
        if not total:
            return  # the preflight: how much is to be done is not known yet
        if self._progress is None:
            from conformance.reports.progress import progress

            self._progress = progress(total, sys.stderr)
            self._progress.__enter__()
        self._progress.total = total
        self._progress.update(min(done, total), spent.images, share)


def _list(_: argparse.Namespace) -> int:
    from conformance.cli import listing

    sys.stdout.write(listing.listing())
    return 0


def _explain(parsed: argparse.Namespace) -> int:
    from conformance.cli import listing

    sys.stdout.write(listing.explanation(parsed.id))
    return 0


def _serve(parsed: argparse.Namespace) -> int:
    from conformance.cli import embedded

    if parsed.list:
        sys.stdout.write(embedded.catalogue())
        return 0
    embedded.serve(parsed.port, parsed.defect, parsed.variant, parsed.provider)
    return 0


def _provide(parsed: argparse.Namespace) -> int:
    from conformance.cli import provide

    provide.provide(parsed.address, parsed.journal)
    return 0


def _selftest(parsed: argparse.Namespace) -> int:
    from conformance.cli import selftest
    from conformance.reference import catalogue

    known = {d.id for d in catalogue.DEFECTS} | {v.id for v in catalogue.VARIANTS}
    for id_ in parsed.ids:
        if id_ not in known:
            raise UsageError(f"{id_!r} is no defect or variant; see `conformance serve --list`")
    found = []
    for trial in selftest.trials(parsed.ids, max(parsed.jobs, 1)):
        found.append(trial)
        mark = "✗" if trial.problem else "✓"
        sys.stderr.write(f"{len(found):>4} {mark} {trial.id} ({trial.seconds:.1f} s)\n")
    sys.stdout.write(selftest.table(found))
    wrong = sum(bool(t.problem) for t in found) + len(selftest.unbroken())
    sys.stdout.write(f"{len(found)} tried, {wrong} not as they should be\n")
    return int(wrong > 0)


def _report(parsed: argparse.Namespace) -> int:
    from conformance.result import storage

    try:
        found = storage.read(parsed.result)
    except storage.ResultError as error:
        raise UsageError(str(error)) from error
    _finish(found, parsed.report_dir or parsed.result.parent)
    return 0


def _merge(parsed: argparse.Namespace) -> int:
    from conformance.result import merge

    found = merge.merged(parsed.folders)
    merge.copy_evidence(parsed.folders, parsed.report_dir)
    return _finish(found, parsed.report_dir)
