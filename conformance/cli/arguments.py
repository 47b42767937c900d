"""The arguments of the command line: every command, with its flags and their help."""

from __future__ import annotations

import argparse
import itertools
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from conformance import __version__
from conformance.cli import (
    bundle,
    compare,
    completion,
    init,
    keygen,
    sign,
    streams,
    verify,
    waive,
)
from conformance.errors import UsageError
from conformance.target import groups, settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.target.setting import Setting

# As in `reports.ci`, which a page of help does without.
CI_SYSTEMS = ("auto", "github", "gitlab", "none")


class Parser(argparse.ArgumentParser):
    """An argument parser that says what is wrong in one line, and guesses no flag.

    A guess would take `--api-key SECRET` for `--api-key-env`, and print the secret.
    """

    def __init__(self, **given: Any) -> None:
        super().__init__(**{**given, "allow_abbrev": False})
        # The parsers of the commands, by their names.
        self.commands: Mapping[str, Parser] = {}

    @property
    def flags(self) -> tuple[str, ...]:
        """All flags that it knows."""
        return tuple(self._option_string_actions)

    def _print_message(self, message: str, file: Any = None) -> None:  # noqa: ARG002 - help and version, on standard output
        """Print a page of help or the version; argparse itself hides what cannot be printed."""
        streams.write(message)

    def error(self, message: str) -> NoReturn:
        """Raise a usage error in place of printing the whole usage."""
        raise UsageError(f"{message}; see `{self.prog} --help`")


def parser() -> Parser:
    """Return the parser of the whole command line."""
    top = Parser(
        prog="conformance",
        description="Judges whether a gateway's POST /v1/images/variations does what its"
        " documentation says.",
        epilog="Exit codes: 0 conformant, 1 nonconformant, 2 usage, 3 incomplete or a failure of the"
        " suite itself, 130 interrupted (128 + the number of the signal).",
    )
    top.add_argument("--version", action="version", version=f"conformance {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_run(commands)
    init.add(commands)
    _add_small(commands)
    for own in (compare, verify, bundle, sign, keygen, waive, completion):
        own.add(commands)
    _add_selftest(commands)
    top.commands = commands.choices
    return top


def _add_run(commands: Any) -> None:
    run = commands.add_parser(
        "run",
        help="judge a gateway, and write the reports",
        usage="conformance run [URL] [options]",
        description="Judges the gateway at URL, its base address; without URL, the embedded"
        " reference gateway. Each option has a CONFORMANCE_* variable and a key in"
        " conformance.toml; the option wins over the variable, the variable over the file.",
    )
    run.set_defaults(command="run")
    run.add_argument(
        "url", nargs="?", metavar="URL", help="base address, like https://gateway.example.com/v1"
    )
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
    _add_ci(run)
    run.add_argument(
        "--latency",
        type=float,
        default=1.0,
        metavar="S",
        help="with --dry-run: seconds that the gateway takes for a success (default: 1)",
    )
    _add_settings(run)


def _add_settings(run: argparse.ArgumentParser) -> None:
    """Add the flags of all settings, in their groups."""
    places = sorted(settings.SETTINGS, key=lambda s: groups.place(s.name))
    for title, members in itertools.groupby(places, key=lambda s: s.group):
        group = run.add_argument_group(title)
        for setting in members:
            _add_setting(group, setting)


def _add_setting(group: Any, setting: Setting) -> None:
    if setting.kind == "switch":
        group.add_argument(setting.flag, action="store_true", default=None, help=setting.help)
        return
    default = "" if setting.default is None else f" (default: {setting.default})"
    choices = "|".join(setting.choices) if len(setting.choices) in (2, 3) else ""
    group.add_argument(
        setting.flag,
        action="append" if setting.many else "store",
        metavar=setting.metavar or choices or setting.name[:1].upper(),
        help=(setting.help + default).replace("%", "%%"),
    )


def _add_ci(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--ci",
        choices=CI_SYSTEMS,
        default=CI_SYSTEMS[0],
        help="what to print besides: annotations for GitHub, a folded section for GitLab (default:"
        " auto, which looks where it runs)",
    )


def _add_small(commands: Any) -> None:
    listing = commands.add_parser("list", help="list the requirements of the contract")
    listing.add_argument("--json", action="store_true", help="as JSON, with all that is known")
    listing.add_argument("--level", choices=("must", "should"), help="only those of this level")
    listing.add_argument("--clause", metavar="C", help="only those of this clause")
    listing.set_defaults(command="list")
    explain = commands.add_parser("explain", help="say all about one requirement")
    explain.add_argument("id", metavar="ID")
    explain.set_defaults(command="explain")
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
    serve.add_argument(
        "--change",
        action="append",
        default=[],
        metavar="C",
        help="put a proxy before it that changes this",
    )
    serve.add_argument("--provider", default="", metavar="URL", help="forward to this provider")
    serve.add_argument(
        "--list", action="store_true", help="list the defects, the variants and the changes"
    )
    serve.set_defaults(command="serve")
    provide = commands.add_parser(
        "provide",
        help="serve the stand-in provider alone, for a gateway that is to be set up",
        description="Serves OpenAI's images API: any model, pictures that carry the digest of the"
        " image that arrived, and faults by the model's name. A port alone means loopback.",
    )
    provide.add_argument("address", metavar="HOST:PORT")
    provide.add_argument(
        "--lenient",
        action="store_true",
        help="serve any n, size, format and picture, also what OpenAI's API refuses",
    )
    provide.add_argument("--journal", type=Path, metavar="FILE", help="append each call, as JSON")
    provide.set_defaults(command="provide")
    report = commands.add_parser("report", help="draw the reports again from a result.json")
    report.add_argument("result", type=Path, nargs="?", default=Path("reports/result.json"))
    report.add_argument("--report-dir", type=Path, metavar="DIR", help="folder to write to")
    _add_ci(report)
    report.set_defaults(command="report")
    merge = commands.add_parser(
        "merge",
        help="put the shards of a run together",
        description="Puts the results of all shards of a run together, as one run would have"
        " found it, and writes the same reports. Refuses shards of different runs.",
    )
    merge.add_argument("folders", type=Path, nargs="+", metavar="DIR", help="a shard's reports")
    merge.add_argument("--report-dir", type=Path, default=Path("reports"), metavar="DIR")
    _add_ci(merge)
    merge.set_defaults(command="merge")


def _add_selftest(commands: Any) -> None:
    selftest = commands.add_parser(
        "selftest",
        help="prove the suite on the reference gateway's defects",
        description="Judges the reference gateway with each of its defects and variants, and behind"
        " a proxy that changes what no documentation fixes; prints which requirement each turns red. Exit code 1 if one is not what it should be.",
    )
    selftest.add_argument("ids", nargs="*", metavar="ID", help="only these trials")
    selftest.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N")
    selftest.set_defaults(command="selftest")
