"""Reads files that somebody else may have written, and writes files whole or not at all.

What is read is bounded: a pipe is not waited for, a device is not read for ever, and no file takes
more memory than its kind may need.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

MB = 1_000_000
NO_WAIT = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
KINDS = (
    (stat.S_ISDIR, "Is a directory"),
    (stat.S_ISFIFO, "it is a pipe, and no file"),
    (stat.S_ISCHR, "it is a device, and no file"),
    (stat.S_ISBLK, "it is a device, and no file"),
    (stat.S_ISSOCK, "it is a socket, and no file"),
)


class UnreadableError(ValueError):
    """A file that cannot be read as what it should be; the text is why, without the file's name."""


def content(path: Path, most: int) -> bytes:
    """Return what a file holds.

    Args:
        path: the file.
        most: how many bytes it may hold.

    Raises:
        UnreadableError: there is no such file, it is no file, or it is larger than `most`.
    """
    with opened(path, most) as file, _told():
        found = _read(file, most + 1)
    if len(found) > most:
        raise UnreadableError(too_large(most))
    return found


def text(path: Path, most: int) -> str:
    """Return the text of a file, which is UTF-8, with or without a byte order mark.

    Raises:
        UnreadableError: as `content` does, or it is no UTF-8 text.
    """
    try:
        return content(path, most).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError("it is not UTF-8 text") from error


def lines(path: Path, most: int, most_of_line: int) -> Iterator[bytes]:
    """Yield each whole line of a file without its end; what follows the last one is left out.

    Raises:
        UnreadableError: as `content` does, or a line is longer than `most_of_line`.
    """
    number = 0
    with opened(path, most) as file:
        while line := _line(file, most_of_line):
            number += 1
            if line.endswith(b"\n"):
                yield line[:-1]
            elif len(line) == most_of_line:
                raise UnreadableError(f"its line {number} has more than {most_of_line // MB} MB")


@contextlib.contextmanager
def opened(path: Path, most: int) -> Iterator[BinaryIO]:
    """Open a regular file to be read.

    Raises:
        UnreadableError: it cannot be opened, is no file, or is larger than `most`.
    """
    try:
        # A pipe without a writer would keep whoever opens it waiting for ever.
        number = os.open(path, os.O_RDONLY | NO_WAIT)
    except OSError as error:
        raise UnreadableError(error.strerror or str(error)) from error
    except ValueError as error:
        raise UnreadableError(f"no file can have this name: {error}") from error
    try:
        _demand_file(number, most)
    except BaseException:
        os.close(number)
        raise
    with open(number, "rb") as file:  # noqa: PTH123 - it is open already
        yield file


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UnreadableError(error.strerror or str(error)) from error


def _line(file: BinaryIO, most: int) -> bytes:
    with _told():
        return file.readline(most)


def too_large(most: int) -> str:
    """Return that a file holds more than so many bytes."""
    bound = f"{most // MB} MB" if most >= MB else f"{most:,} bytes"
    return f"it is larger than {bound}"


def put(path: Path, content: bytes) -> None:
    """Write a file whole, in the place of what has its name: a reader sees the old one or the new one.

    A link of that name is replaced, and not what it points to.

    Raises:
        OSError: it cannot be written; what had its name and would now be out of date is gone.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("xb") as file:
            file.write(content)
        beside.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        error.filename = str(path)
        raise


def open_to_write(path: Path, *, more: bool = False) -> BinaryIO:
    """Open a file for lines that are written as they come, each at once; with `more`, behind its end.

    Raises:
        OSError: it cannot be opened, or is no file.
    """
    flags = os.O_WRONLY | os.O_CREAT | (os.O_APPEND if more else 0)
    number = os.open(path, flags | NO_WAIT, 0o666)
    try:
        _demand_file(number)
        if not more:
            os.ftruncate(number, 0)
    except UnreadableError as error:
        os.close(number)
        raise OSError(errno.EINVAL, str(error), str(path)) from error
    return open(number, "ab" if more else "wb", buffering=0)  # noqa: PTH123 - it is open already


def append(file: BinaryIO, line: bytes) -> None:
    """Write a whole line, or nothing of it.

    Raises:
        OSError: it cannot be written.
    """
    begun = os.fstat(file.fileno()).st_size
    left = memoryview(line)
    try:
        while left:
            left = left[file.write(left) :]
    except OSError:
        with contextlib.suppress(OSError):
            os.ftruncate(file.fileno(), begun)
        raise


def _demand_file(number: int, most: int | None = None) -> None:
    found = os.fstat(number)
    if stat.S_ISCHR(found.st_mode) and found.st_rdev == os.stat(os.devnull).st_rdev:  # noqa: PTH116 - a device, and no path of ours
        return  # who names it wants an empty file
    for is_kind, said in KINDS:
        if is_kind(found.st_mode):
            raise UnreadableError(said)
    if most is not None and found.st_size > most:
        raise UnreadableError(too_large(most))


def _read(file: BinaryIO, most: int) -> bytes:
    """Read up to so many bytes: a file of the system may hold more than it says."""
    pieces, left = [], most
    while left and (piece := file.read(min(left, MB))):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)
