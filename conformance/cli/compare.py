"""`conformance compare`: lays results side by side, and fails on regressions where it is asked to."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.cli import streams
from conformance.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from conformance.compare.model import Comparison

FORMATS = ("text", "md", "json", "html")
FAIL_ON = ("worse", "lost")
SUFFIXES = {".md": "md", ".json": "json", ".html": "html", ".htm": "html", ".txt": "text"}
# More columns than this no matrix can show.
MOST = 60


def add(commands: Any) -> None:
    """Add the command with its flags to the parser of the command line."""
    command = commands.add_parser(
        "compare",
        help="lay results side by side: two builds, or a field of gateways",
        description="Compares results: what is better, worse, lost or other, for each requirement and"
        " each gateway, against the first result. A RESULT is a report folder, a result.json, or a"
        " bundle; NAME= before it says what to call it.",
        epilog="Exit codes: 0 compared, 1 a regression with --fail-on, 2 a result that cannot be used.",
    )
    command.add_argument("results", nargs="+", metavar="[NAME=]RESULT")
    command.add_argument(
        "--baseline", metavar="NAME", help="compare with this one (default: the first)"
    )
    command.add_argument(
        "--fail-on",
        choices=FAIL_ON,
        metavar="|".join(FAIL_ON),
        help="exit with 1 if a requirement got worse; with lost, also if one that passed could not be"
        " tested any more",
    )
    command.add_argument(
        "--format",
        choices=FORMATS,
        metavar="|".join(FORMATS),
        help="text for a terminal, md for a pull request, json for programs, html for the matrix"
        " (default: as --output ends, or text)",
    )
    command.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        help="write it to this file; the text is printed all the same",
    )
    command.set_defaults(command="compare")


def run(parsed: argparse.Namespace) -> int:
    """Compare results, print or write the comparison, and return the exit code."""
    from conformance.compare.compare import regressed  # noqa: PLC0415 - --help needs none
    from conformance.reports import comparing  # noqa: PLC0415 - --help needs none

    kind = _kind(parsed)
    found = _compared(parsed.results, parsed.baseline)
    if parsed.output is not None:
        streams.write(as_text(found, _written(parsed.output, kind, found)))
    else:
        streams.write(as_text(found) if kind == "text" else comparing.FORMATS[kind](found))
    return int(bool(parsed.fail_on) and regressed(found, parsed.fail_on))


def as_text(found: Comparison, files: tuple[Path, ...] = ()) -> str:
    """Return a comparison as this terminal can show it, with the paths of what was written."""
    from conformance.reports import terminal  # noqa: PLC0415 - --help needs none
    from conformance.reports.comparing import terminal as drawing  # noqa: PLC0415 - --help needs none

    return drawing.render(
        found,
        shutil.get_terminal_size().columns,
        color=terminal.use_color(sys.stdout, dict(os.environ)),
        unicode=terminal.use_unicode(sys.stdout),
        files=tuple(map(str, files)),
    )


def _kind(parsed: argparse.Namespace) -> str:
    if parsed.format:
        return str(parsed.format)
    if parsed.output is None:
        return "text"
    if (suffix := parsed.output.suffix.lower()) in SUFFIXES:
        return SUFFIXES[suffix]
    raise UsageError(
        f"--output {parsed.output}: its name does not say which format it has; add --format"
    )


def _compared(texts: list[str], baseline: str | None) -> Comparison:
    from conformance.bundle.results import read  # noqa: PLC0415 - --help needs none
    from conformance.compare import compare, naming  # noqa: PLC0415 - --help needs none

    if not 1 < len(texts) <= MOST:
        raise UsageError(
            f"compare needs 2 to {MOST} results, and {len(texts)} "
            f"{'is' if len(texts) == 1 else 'are'} named; see `conformance compare --help`"
        )
    asked = [naming.parsed(text) for text in texts]
    results = [read(one.path) for one in asked]
    names = naming.names(asked, results)
    if baseline is not None and baseline not in names:
        raise UsageError(
            f"--baseline {baseline!r}: no result has this name; they are {', '.join(names)}"
        )
    place = names.index(baseline) if baseline is not None else 0
    return compare.compared(list(zip(names, results, strict=True)), place)


def _written(path: Path, kind: str, found: Comparison) -> tuple[Path, ...]:
    from conformance.reports import comparing, put_each  # noqa: PLC0415 - --help needs none

    if path.is_dir():
        raise UsageError(f"--output {path}: is a folder; name a file in it")
    return tuple(put_each([(path, lambda: comparing.FORMATS[kind](found))]))
