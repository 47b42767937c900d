"""A report folder belongs to one run at a time; the lock of a killed one is none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance.errors import UsageError
from conformance.run import lock

if TYPE_CHECKING:
    from collections.abc import Callable

HOLD = """
import sys
from pathlib import Path
from conformance.run import lock
with lock.locked(Path(sys.argv[1]), "conformance run http://h --header 'X-Key: hidden'"):
    print("held", flush=True)
    sys.stdin.read()
"""


def holding(folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def free(folder: Path) -> bool:
    try:
        with lock.locked(folder, "x"):
            return True
    except UsageError:
        return False


def test_a_second_one_is_told_who_holds_the_folder(tmp_path: Path) -> None:
    process = holding(tmp_path)
    try:
        with pytest.raises(UsageError) as caught, lock.locked(tmp_path, "x"):
            pass
    finally:
        process.communicate("")
    said = str(caught.value)
    assert f"{tmp_path} is in use by process {process.pid}, since 20" in said
    assert "conformance run http://h --header …; wait until that ends" in said
    assert "hidden" not in said
    assert free(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_killed_one_holds_nothing(tmp_path: Path) -> None:
    process = holding(tmp_path)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert [p.name for p in tmp_path.iterdir()] == [lock.LOCK_FILE]
    assert free(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_one_after_the_other_holds_it_while_others_wait_at_the_door(tmp_path: Path) -> None:
    """Whoever opened the file before its holder took it away does not hold another one."""
    path = tmp_path / lock.LOCK_FILE
    number = lock._opened(path)
    path.unlink()
    with lock.locked(tmp_path, "x"):
        assert not lock._is_at(number, path)
        assert not free(tmp_path)
    os.close(number)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', "\udcff", "x" * 20_000])
def test_a_holder_that_does_not_say_who_it_is_holds_it_too(text: str, tmp_path: Path) -> None:
    with lock.locked(tmp_path, "x"):
        (tmp_path / lock.LOCK_FILE).write_bytes(text.encode(errors="surrogateescape"))
        with pytest.raises(UsageError, match="in use by another process"):
            lock._taken(tmp_path / lock.LOCK_FILE)


NO_FILE: dict[str, Callable[[Path], object]] = {
    "folder": Path.mkdir,
    "pipe": os.mkfifo,
    "link": lambda path: path.symlink_to("/dev/full"),
}


@pytest.mark.parametrize("kind", NO_FILE)
def test_what_is_no_file_is_named(kind: str, tmp_path: Path) -> None:
    NO_FILE[kind](tmp_path / lock.LOCK_FILE)
    with pytest.raises(UsageError, match=r"--report-dir .*\.lock"), lock.locked(tmp_path, "x"):
        pass


def test_a_folder_that_cannot_be_one_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "x", tmp_path / "a\0b"):
        with pytest.raises(UsageError, match=r"--report-dir .*; name another folder"):
            lock.make_folder(folder)


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("conformance run URL --seed 1", "conformance run URL --seed 1"),
        ("conformance run --header 'A: b c' URL", "conformance run --header … URL"),
        ("conformance run --header='A: b' --proxy http://u:p@h:1", "conformance run --header=… --proxy …"),
        ("conformance run 'unclosed", ""),
    ],
)  # fmt: skip
def test_the_command_is_told_without_what_may_be_secret(command: str, shown: str) -> None:
    assert lock.without_secrets(command) == shown
