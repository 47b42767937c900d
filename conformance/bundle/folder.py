"""Takes the files of a bundle from a folder: by a list of names, no links, bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.bundle.layout import FOLDERS, MOST_FILES, MOST_OF_ALL, MOST_OF_ONE
from conformance.errors import UsageError
from conformance.http.reading import files
from conformance.result.beside import PARTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def taken(folder: Path, wanted: Callable[[str], bool]) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Return the files of a folder that are wanted, by their names, and the names of the others.

    Hidden files are none of them; of other folders than those of a bundle, the name alone is told.

    Raises:
        UsageError: what is wanted is a link, cannot be read, or is too large.
    """
    found, others, left = dict[str, bytes](), list[str](), MOST_OF_ALL
    for name, path in _listed(folder):
        if not wanted(name):
            others.append(name)
            continue
        if path.is_symlink():
            raise UsageError(f"{path}: is a link; a bundle holds files alone")
        try:
            found[name] = files.content(path, min(left, MOST_OF_ONE))
        except files.UnreadableError as error:
            raise UsageError(f"{path}: cannot be read: {error}") from error
        left -= len(found[name])
    return dict(sorted(found.items())), tuple(sorted(others))


def _listed(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield each file of a folder with its name in a bundle."""
    for count, entry in enumerate(_entries(folder)):
        if count > MOST_FILES:
            raise UsageError(f"{folder}: holds more than {MOST_FILES} files")
        path = folder / entry
        if entry == PARTS:
            for part in _inner(path):
                yield from _files_of(f"{entry}/{part}", path / part)
        elif entry in FOLDERS:
            yield from _files_of(entry, path)
        else:
            yield (f"{entry}/" if path.is_dir() else entry), path


def _files_of(name: str, path: Path) -> Iterator[tuple[str, Path]]:
    yield from ((f"{name}/{inner}", path / inner) for inner in _inner(path))


def _inner(path: Path) -> list[str]:
    """Return what lies in a folder whose files belong to a bundle; a file has nothing in it."""
    if path.is_symlink():
        raise UsageError(f"{path}: is a link; a bundle holds files alone")
    inner = _entries(path) if path.is_dir() else []
    if len(inner) > MOST_FILES:
        raise UsageError(f"{path}: holds more than {MOST_FILES} files")
    return inner


def _entries(folder: Path) -> list[str]:
    try:
        return sorted(p.name for p in folder.iterdir() if not p.name.startswith("."))
    except OSError as error:
        raise UsageError(f"{folder}: cannot be read: {error.strerror}") from error
