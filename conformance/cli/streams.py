"""Standard output and standard error, which may be closed, full, or without a reader.

Everything that a command prints goes through `write`, and every line about its end through `say`.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import traceback
from typing import TYPE_CHECKING, Any

from conformance.errors import ConformanceError
from conformance.target.settings import TRACEBACK_VARIABLE

if TYPE_CHECKING:
    from typing import TextIO

    from conformance.http.redacting.vault import Vault

STDOUT, STDERR = 1, 2
MOST_SHOWN = 2_000
# What knows the secrets of the command that runs: lines about its end pass it.
_VAULTS: list[Vault] = []


class OutputError(ConformanceError):
    """Standard output cannot be written to."""


class ReaderGoneError(OutputError):
    """Whoever read standard output has ended, as in `conformance list | head`."""


class _Closed(io.TextIOBase):
    """A standard output that was closed when the process began; it notes what is lost."""

    encoding = "utf-8"
    lost = False

    def write(self, _text: str) -> int:
        self.lost = True
        raise OSError(9, "it is closed")


class _Forgiving:
    """A stream for what may as well be lost: the progress of a run."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._stream.flush()


def prepare() -> None:
    """Put something in the place of standard streams that are closed.

    Else the next file or connection would get the number of the closed stream, and whatever a
    library prints would go there.
    """
    _fill_numbers()
    stdout: TextIO | None = sys.stdout
    stderr: TextIO | None = sys.stderr
    if stdout is None:
        sys.stdout = _Closed()
    if stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - it stays open as long as the process
    for stream in (stdout, stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _fill_numbers() -> None:
    with contextlib.suppress(OSError):
        while (number := os.open(os.devnull, os.O_RDWR)) <= STDERR:
            os.set_inheritable(number, True)  # noqa: FBT003 - its one argument has no name
        os.close(number)


def write(text: str) -> None:
    """Print a text on standard output, at once.

    Raises:
        OutputError: it cannot be printed.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except (OSError, ValueError) as error:
        raise _lost(error) from error


def flush() -> None:
    """Print what others wrote to standard output, such as a page of help.

    Raises:
        OutputError: it cannot be printed.
    """
    if isinstance(sys.stdout, _Closed) and sys.stdout.lost:
        sys.stdout.lost = False
        raise OutputError("standard output cannot be written to: it is closed")
    try:
        sys.stdout.flush()
    except (OSError, ValueError) as error:
        raise _lost(error) from error


def _lost(error: OSError | ValueError) -> OutputError:
    """Return what became of standard output; nothing more is written there, so that it is said once."""
    if isinstance(sys.stdout, _Closed):
        sys.stdout.lost = False
    else:
        # Python would try once more at the end of the process, and complain.
        _onto_nothing(sys.stdout, STDOUT)
    if isinstance(error, BrokenPipeError):
        return ReaderGoneError("nobody reads standard output any more")
    why = error.strerror if isinstance(error, OSError) else str(error)
    return OutputError(f"standard output cannot be written to: {why}")


def _onto_nothing(stream: TextIO, number: int) -> None:
    """Let what is still written to a stream vanish."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        number = stream.fileno()
    with contextlib.suppress(OSError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, number)
        os.close(nothing)


def keep_secret(vault: Vault) -> None:
    """Take the secrets that a vault knows out of every line from now on."""
    _VAULTS[:] = [vault]


def clean(text: str) -> str:
    """Return a text without secrets; before a command knows its own, those are what variables hold."""
    if _VAULTS:
        return _VAULTS[0].clean(text)
    from conformance.http.redacting.vault import Vault  # noqa: PLC0415 - only a command that fails needs it
    from conformance.target.repeatable import secrets_in  # noqa: PLC0415 - only a command that fails needs it

    return Vault(secrets_in(os.environ)).clean(text)


def say(message: str) -> None:
    """Say in one line on standard error how a command ended; if that is closed, nobody hears it."""
    from conformance.reports.text import clip, obeyed_by_none, visible  # noqa: PLC0415 - only a command that fails needs it

    line = obeyed_by_none(clip(visible(" ".join(clean(message).split())), MOST_SHOWN))
    try:
        sys.stderr.write(f"conformance: {line}\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        _onto_nothing(sys.stderr, STDERR)


def show_where(error: BaseException) -> None:
    """Print the traceback of an error, if a developer asked for it."""
    if os.environ.get(TRACEBACK_VARIABLE):
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(clean("".join(traceback.format_exception(error))))


def progress() -> TextIO:
    """Return the stream on which a run shows how far it is: what cannot be shown changes nothing."""
    return _Forgiving(sys.stderr)  # type: ignore[return-value] # it hands on what it does not do itself


def quiet_at_the_end() -> None:
    """Let nothing that is left to write to standard error fail after the command has ended."""
    try:
        sys.stderr.flush()
    except (OSError, ValueError):
        _onto_nothing(sys.stderr, STDERR)
