"""One judgement for all workers of pytest-xdist: the first that needs it makes it, the others read it.

The controller makes a folder for that, which nobody else can read, and removes it at the end. A lock of the
operating system says who is at work: a worker that is killed leaves none, and the next one judges.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.errors import UsageError
from conformance.result import storage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conformance.result.model import Result

LOOK_EVERY_S = 0.05


@dataclass(frozen=True)
class Judged:
    """What a run came to: its result, the paths of its files, and what the suite failed at."""

    result: Result | None
    files: tuple[str, ...] = ()
    trouble: str = ""
    by_fixture: bool = False


def once(folder: Path | None, name: str, make: Callable[[], Judged]) -> Judged:
    """Return what `make` returns; of all workers with this folder, one alone calls it.

    Args:
        folder: what the workers share; None where there are none.
        name: what is made, for the names of files.
        make: makes it.

    Raises:
        UsageError: the folder is not on this machine.
    """
    if folder is None:
        return make()
    if not folder.is_dir():
        raise UsageError(
            f"the workers of pytest-xdist share one run through {folder}, which is not on this machine;"
            " run the checks without remote workers"
        )
    with _alone(folder / f"{name}.lock"):
        if (found := _read(folder, name)) is not None:
            return found
        made = make()
        _keep(folder, name, made)
        return made


def all_in(folder: Path) -> list[Judged]:
    """Return everything that was made in a folder."""
    names = sorted(path.stem for path in folder.glob("*.json"))
    return [found for name in names if (found := _read(folder, name)) is not None]


def _keep(folder: Path, name: str, made: Judged) -> None:
    if made.result is not None:
        (folder / f"{name}.result").write_text(storage.to_json(made.result), "utf-8")
    told = {"files": made.files, "trouble": made.trouble, "by_fixture": made.by_fixture}
    (folder / f"{name}.json").write_text(json.dumps(told), "utf-8")


def _read(folder: Path, name: str) -> Judged | None:
    told, result = folder / f"{name}.json", folder / f"{name}.result"
    if not told.is_file():
        return None
    found = json.loads(told.read_text("utf-8"))
    return Judged(
        storage.read(result) if result.is_file() else None,
        tuple(found["files"]),
        found["trouble"],
        found["by_fixture"],
    )


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Wait until no other worker holds the file, and hold it while the block runs."""
    number = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while not _taken(number):
            time.sleep(LOOK_EVERY_S)
        yield
    finally:
        os.close(number)


def _taken(number: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - only Windows has it

            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - Windows has none

            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
