"""Errors that a person can act on: what happened, why, and what to do next."""

from __future__ import annotations

import contextlib
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_SHOWN = 300


class ConformanceError(Exception):
    """The root of this project's own errors."""


class UsageError(ConformanceError):
    """The command line, the environment or the configuration file cannot be used as it is."""


class BrokenRunError(ConformanceError):
    """The suite itself, or the machine that it runs on, keeps a run from going on.

    It says nothing about the gateway. Nothing more is sent or judged; what was gathered is kept.
    """


class WriteError(ConformanceError):
    """Something that a run writes for its reader cannot be written: a report, or a file beside it."""


@contextlib.contextmanager
def noted(troubles: list[BaseException]) -> Iterator[None]:
    """Note what fails in a block, and go on behind it."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - whatever it is, what comes behind it is done all the same
        troubles.append(error)


def told(error: BaseException) -> str:
    """Return an error in one line of plain words; of what nobody foresaw, with the place in the suite."""
    if isinstance(error, ConformanceError):
        return str(error)
    if isinstance(error, OSError) and error.strerror and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    if isinstance(error, MemoryError):
        return "the memory of this machine, or of this process, is used up"
    what = " ".join(str(error).split())[:MOST_SHOWN]
    return f"the suite itself failed: {type(error).__name__}{': ' if what else ''}{what}{_where(error)}"


def _where(error: BaseException) -> str:
    """Return the innermost place in the suite that an error came from."""
    package = Path(__file__).parent
    frames = [
        f for f in traceback.extract_tb(error.__traceback__) if package.as_posix() in f.filename
    ]
    if not frames:
        return ""
    return f" (conformance/{Path(frames[-1].filename).relative_to(package).as_posix()}:{frames[-1].lineno})"
