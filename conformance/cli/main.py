"""The command line: `conformance run`, `merge`, `list`, `explain`, `serve`, `provide` and others.

It parses the arguments, runs one command, and turns errors into one line and an exit code.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from conformance.cli.arguments import parser
from conformance.cli.commands import COMMANDS, INTERRUPTED_EXIT
from conformance.errors import ConformanceError, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence


USAGE_EXIT = 2
BROKEN_EXIT = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the process's exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        parsed = _parsed(given)
        code = COMMANDS[parsed.command](parsed)
    except UsageError as error:
        return _failed(str(error), USAGE_EXIT)
    except ConformanceError as error:
        return _failed(str(error), BROKEN_EXIT)
    except KeyboardInterrupt:
        return _failed("interrupted", INTERRUPTED_EXIT)
    except BrokenPipeError:
        # The reader has ended: `conformance list | head`. Python would complain once more.
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
