"""Files that somebody else may have written are read within bounds, and files are written whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance.http.reading import files

if TYPE_CHECKING:
    from collections.abc import Callable

MOST = 1_000


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(3_000_000_000)


ODD: dict[str, tuple[Callable[[Path], object], str]] = {
    "nothing": (lambda _: None, "No such file or directory"),
    "a folder": (Path.mkdir, "Is a directory"),
    "a pipe without a writer": (os.mkfifo, "it is a pipe"),
    "a device without an end": (lambda p: p.symlink_to("/dev/zero"), "it is a device"),
    "a link to nothing": (lambda p: p.symlink_to("/no/such/file"), "No such file or directory"),
    "a link to itself": (lambda p: p.symlink_to(p), "levels of symbolic links"),
    "a file of 3 GB without any bytes": (sparse, "it is larger than"),
}


@pytest.mark.parametrize("kind", ODD)
def test_what_is_no_file_is_named_and_not_waited_for(kind: str, tmp_path: Path) -> None:
    make, says = ODD[kind]
    make(path := tmp_path / "x")
    for read in (
        lambda: files.content(path, MOST),
        lambda: files.text(path, MOST),
        lambda: list(files.lines(path, MOST, MOST)),
    ):
        with pytest.raises(files.UnreadableError, match=says):
            read()


def test_a_name_that_no_file_can_have_is_named() -> None:
    for name in ("a\0b", "x" * 5_000):
        with pytest.raises(files.UnreadableError):
            files.content(Path(name), MOST)


def test_a_file_that_says_that_it_is_empty_is_bounded_all_the_same() -> None:
    with pytest.raises(files.UnreadableError, match="is larger than"):
        files.content(Path("/proc/self/maps"), 10)


def test_what_fits_is_read(tmp_path: Path) -> None:
    (path := tmp_path / "x").write_bytes(b"\xef\xbb\xbfa\nb\nc")
    assert files.content(path, MOST) == b"\xef\xbb\xbfa\nb\nc"
    assert files.text(path, MOST) == "a\nb\nc"
    assert list(files.lines(path, MOST, MOST)) == [b"\xef\xbb\xbfa", b"b"]
    assert files.content(Path(os.devnull), MOST) == b""
    with pytest.raises(files.UnreadableError, match="line 1 has more than"):
        list(files.lines(path, MOST, 3))


def test_text_is_utf8(tmp_path: Path) -> None:
    (path := tmp_path / "x").write_bytes(b"\xff\xfea")
    with pytest.raises(files.UnreadableError, match="not UTF-8"):
        files.text(path, MOST)


@pytest.mark.parametrize("kind", ["nothing", "a pipe without a writer", "a link to nothing"])
def test_a_file_takes_the_place_of_whatever_has_its_name(kind: str, tmp_path: Path) -> None:
    ODD[kind][0](path := tmp_path / "x")
    files.put(path, b"new")
    assert path.read_bytes() == b"new"
    assert not path.is_symlink()
    assert [p.name for p in tmp_path.iterdir()] == ["x"]


def test_a_link_is_replaced_and_what_it_points_to_stays(tmp_path: Path) -> None:
    (other := tmp_path / "other").write_bytes(b"theirs")
    (path := tmp_path / "x").symlink_to(other)
    files.put(path, b"new")
    assert (path.read_bytes(), other.read_bytes()) == (b"new", b"theirs")


def test_a_folder_is_not_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    (path := tmp_path / "x").mkdir()
    with pytest.raises(OSError, match="Is a directory") as caught:
        files.put(path, b"new")
    assert caught.value.filename == str(path)
    assert [p.name for p in tmp_path.iterdir()] == ["x"]


FULL = """
import resource, sys
from pathlib import Path
from conformance.http.reading import files
resource.setrlimit(resource.RLIMIT_FSIZE, (25, 25))
path = Path(sys.argv[1])
try:
    {what}
except OSError as error:
    print(error.strerror)
"""


def on_a_full_disk(what: str, path: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", FULL.format(what=what), str(path)],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout.strip()


def test_a_file_that_finds_no_room_leaves_neither_half_of_it_nor_what_is_out_of_date(
    tmp_path: Path,
) -> None:
    (path := tmp_path / "x").write_bytes(b"of an earlier run")
    assert on_a_full_disk("files.put(path, b'y' * 100)", path) == "File too large"
    assert list(tmp_path.iterdir()) == []


def test_lines_are_whole_or_not_there(tmp_path: Path) -> None:
    lines = "file = files.open_to_write(path)\n    while True: files.append(file, b'123456789\\n')"
    assert on_a_full_disk(lines, path := tmp_path / "x") == "File too large"
    assert path.read_bytes() == b"123456789\n" * 2


@pytest.mark.parametrize("kind", ODD)
def test_lines_are_written_into_a_file_and_nothing_else(kind: str, tmp_path: Path) -> None:
    if kind in ("nothing", "a file of 3 GB without any bytes"):
        return
    ODD[kind][0](path := tmp_path / "x")
    with pytest.raises(OSError, match=r"directory|device|links"):
        files.open_to_write(path)
