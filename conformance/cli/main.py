"""The command line: `conformance run`, `merge`, `list`, `explain`, `serve`, `provide` and others.

It parses the arguments, runs one command, and turns whatever ends it into one line and an exit code.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from typing import TYPE_CHECKING

from conformance.cli import streams
from conformance.cli.arguments import parser
from conformance.cli.commands import COMMANDS, JUDGING, SERVING
from conformance.errors import ConformanceError, UsageError, told
from conformance.run import stopping
from conformance.target import near
from conformance.target.settings import TRACEBACK_VARIABLE

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Sequence


USAGE_EXIT = 2
BROKEN_EXIT = 3
OWN_FAULT = "the suite itself failed"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the process's exit code; nothing that fails leaves a traceback."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    streams.prepare()
    with stopping.installed(), _threads_heard() as died:
        code = _ended(given)
        if died and code != USAGE_EXIT:
            code = _failed(died[0], BROKEN_EXIT)
    streams.quiet_at_the_end()
    return code


def _ended(given: list[str]) -> int:
    """Run the command, and return its exit code."""
    command = ""
    try:
        try:
            parsed = _parsed(given)
            _silence_libraries()
            command = "list" if getattr(parsed, "list", False) else parsed.command
            code = COMMANDS[parsed.command](parsed)
        except SystemExit as error:  # argparse has printed a page of help, or the version
            code = error.code if isinstance(error.code, int) else int(error.code is not None)
        streams.flush()
    except streams.ReaderGoneError as error:
        # `conformance list | head` is no failure; a verdict that nobody got is one.
        return _failed(error, BROKEN_EXIT) if command in JUDGING else 0
    except UsageError as error:
        return _failed(error, USAGE_EXIT)
    except KeyboardInterrupt:
        if command in SERVING:
            return 0
        streams.say("interrupted")
        return stopping.exit_code() or stopping.INTERRUPTED
    except BaseException as error:  # noqa: BLE001 - exit code 1 would blame the gateway
        return _failed(error, BROKEN_EXIT)
    return code if command in SERVING else stopping.exit_code() or code


def _silence_libraries() -> None:
    """Keep what libraries log off standard error: what fails is said in one line, and once."""
    import logging  # noqa: PLC0415 - a page of help needs none
    import warnings  # noqa: PLC0415 - a page of help needs none

    if not os.environ.get(TRACEBACK_VARIABLE):
        logging.lastResort = logging.NullHandler()
        # A run that breaks off while a connection is opened leaves a library's coroutine behind.
        warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)


@contextlib.contextmanager
def _threads_heard() -> Iterator[list[BaseException]]:
    """Collect what ends a thread that nobody waits for; Python would print its traceback."""
    died: list[BaseException] = []

    def heard(ended: threading.ExceptHookArgs) -> None:
        if ended.exc_value is not None:
            died.append(ended.exc_value)

    before, threading.excepthook = threading.excepthook, heard
    ignored, sys.unraisablehook = sys.unraisablehook, lambda _: None
    try:
        yield died
    finally:
        threading.excepthook, sys.unraisablehook = before, ignored


def _parsed(given: list[str]) -> argparse.Namespace:
    known = parser()
    if given and not given[0].startswith("-") and given[0] not in known.commands:
        raise UsageError(_no_command(given[0], known.commands))
    if (
        given
        and given[0].startswith("-")
        and (flag := given[0].partition("=")[0]) not in known.flags
    ):
        advice = near.meant(flag, known.flags) or "; see `conformance --help`"
        raise UsageError(f"{flag}: unrecognized before the COMMAND{advice}")
    parsed, unknown = known.parse_known_args(given)
    if unknown:
        command = given[0]
        # Of `--api-key SECRET` the message repeats the flag alone.
        flags = [w.partition("=")[0] for w in unknown if w.startswith("-")]
        words = " ".join(flags or map(near.shown, unknown))
        advice = near.meant(flags[0], known.commands[command].flags) if flags else ""
        raise UsageError(
            f"unrecognized arguments: {words}{advice or f'; see `conformance {command} --help`'}"
        )
    parsed.given = given
    return parsed


def _no_command(word: str, commands: Iterable[str]) -> str:
    if "://" in word or ":" in word or word.lower() == "localhost":
        return (
            f"{near.shown(word)}: no such command; to judge a gateway, write `conformance run URL`"
        )
    advice = near.meant(word, commands) or "; see `conformance --help`"
    return f"{near.shown(word)}: no such COMMAND{advice}"


def _failed(error: BaseException, code: int) -> int:
    """Say what ended a command, and return its exit code."""
    streams.show_where(error)
    message = told(error)
    if not isinstance(error, ConformanceError):
        message += (
            "; this says nothing about the gateway. What was gathered is kept in the report folder"
        )
    if message.startswith(OWN_FAULT):
        message += f". Report it with the output under {TRACEBACK_VARIABLE}=1"
    streams.say(message)
    return code
