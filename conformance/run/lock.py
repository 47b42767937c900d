"""A lock on the report folder: two runs that write into one folder would mix their files.

The lock is one of the operating system on a file in the folder, so that it ends with its process,
however that ends. The file says who holds it, and goes away with a clean end.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import stat
import sys
import time
from typing import TYPE_CHECKING

from conformance.errors import UsageError
from conformance.http.reading import strict_json
from conformance.http.reading.files import NO_WAIT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK_FILE = ".lock"
MOST_BYTES = 10_000
MOST_SHOWN = 200
# The values of these flags may hold a secret.
SECRET_FLAGS = ("--header", "--proxy")
# What the operating system writes where a file has no locks, as in some network folders.
TRIES = 5


def make_folder(folder: Path) -> None:
    """Make the report folder, or say why it cannot be one.

    Raises:
        UsageError: it cannot be made, or nothing can be written there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:  # ValueError: a name that no folder can have
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(f"--report-dir {folder}: {why}; name another folder") from error
    if not os.access(folder, os.W_OK):
        raise UsageError(f"--report-dir {folder}: cannot be written to; name another folder")


@contextlib.contextmanager
def locked(folder: Path, command: str) -> Iterator[None]:
    """Hold a report folder while the block runs.

    Args:
        folder: the folder; it is made if it is missing.
        command: what holds it, for the message of a second one.

    Raises:
        UsageError: another process holds it; the message says which. Or no file can be written there.
    """
    make_folder(folder)
    path = folder / LOCK_FILE
    number = _taken(path)
    try:
        _sign(number, command)
        yield
    finally:
        # It goes while it is held: whoever opened it before sees that it is no longer in the folder.
        with contextlib.suppress(OSError):
            path.unlink()
        os.close(number)


def _taken(path: Path) -> int:
    for _ in range(TRIES):
        number = _opened(path)
        if not _lock(number):
            said = _holder(number)
            os.close(number)
            raise UsageError(
                f"{path.parent} is in use by {said}; wait until that ends, stop it, or name another"
                " folder with --report-dir"
            )
        if _is_at(number, path):
            return number
        os.close(number)  # its holder ended in between, and took it away
    raise UsageError(f"{path.parent} is in use by one short run after another; try again")


def _opened(path: Path) -> int:
    try:
        flags = os.O_RDWR | os.O_CREAT | NO_WAIT | getattr(os, "O_NOFOLLOW", 0)
        number = os.open(path, flags, 0o644)
    except OSError as error:
        raise UsageError(
            f"--report-dir {path.parent}: cannot be written to: {path.name}: {error.strerror}"
        ) from error
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise UsageError(f"--report-dir {path.parent}: {path.name} is no file; take it away")
    return number


def _lock(number: int) -> bool:
    """Return whether the lock was free, or none can be had of this file system."""
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - only Windows has it

        try:
            # Beyond the text, which others still read.
            os.lseek(number, MOST_BYTES, os.SEEK_SET)
            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl  # noqa: PLC0415 - Windows has none

    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _is_at(number: int, path: Path) -> bool:
    """Return whether the open file is the one in the folder."""
    try:
        return os.path.samestat(os.fstat(number), path.lstat())
    except OSError:
        return False


def _sign(number: int, command: str) -> None:
    """Say who holds the lock; a full disk has no room for it, and the lock holds all the same."""
    told = {
        "pid": os.getpid(),
        "since": time.strftime("%Y-%m-%d %H:%M:%S", time.localtime()),
        "command": without_secrets(command),
    }
    with contextlib.suppress(OSError):
        os.lseek(number, 0, os.SEEK_SET)
        os.ftruncate(number, 0)
        os.write(number, json.dumps(told).encode()[:MOST_BYTES])


def _holder(number: int) -> str:
    """Return who holds a lock, as its file says."""
    try:
        os.lseek(number, 0, os.SEEK_SET)
        told = strict_json.loads(os.read(number, MOST_BYTES).decode())
        shown = [
            " ".join(str(told[name]).split())[:MOST_SHOWN] for name in ("pid", "since", "command")
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
    return f"process {shown[0]}, since {shown[1]}: {shown[2]}"


def without_secrets(command: str) -> str:
    """Return a command line without the values of flags that may hold a secret."""
    try:
        words = shlex.split(command)
    except ValueError:
        return ""
    shown, hide = [], False
    for word in words:
        flag, equals, _ = word.partition("=")
        secret = flag in SECRET_FLAGS
        shown.append("…" if hide else f"{flag}=…" if secret and equals else word)
        hide = secret and not equals
    return " ".join(shown)
