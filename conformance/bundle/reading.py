"""Opens a bundle, a zip or a folder, and gives the bytes of its files; nothing is judged here."""

from __future__ import annotations

import contextlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from conformance.bundle import archive, folder
from conformance.bundle.layout import (
    MOST_OF_ALL,
    NEEDED,
    NEEDED_IN_ZIP,
    RESULT,
    STATEMENT,
    is_member,
)
from conformance.errors import UsageError
from conformance.http.reading import files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True)
class Opened:
    """The files of a bundle by their names, in memory: what is on the disk may change meanwhile.

    `left_out` are names in a folder that are no files of a bundle.
    """

    path: Path
    files: Mapping[str, bytes]
    is_zip: bool
    left_out: tuple[str, ...] = ()

    @property
    def has_statement(self) -> bool:
        """Whether there is a statement; the folder that a run wrote has none."""
        return STATEMENT in self.files

    def spread(self, into: Path) -> None:
        """Write all files into a folder, under their names.

        Raises:
            OSError: one cannot be written.
        """
        for name, content in self.files.items():
            path = into / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    @contextlib.contextmanager
    def as_folder(self) -> Iterator[Path]:
        """Spread all files into a temporary folder, which is there while the block runs."""
        with tempfile.TemporaryDirectory(prefix="conformance-") as name:
            self.spread(Path(name))
            yield Path(name)


def open_bundle(path: Path) -> Opened:
    """Return the files of a bundle: a zip as `conformance bundle` writes it, or a report folder.

    Raises:
        UsageError: it is neither, it cannot be read, or it is too large.
    """
    if path.is_dir():
        found, others = folder.taken(path, is_member)
        _demand(path, found, NEEDED)
        return Opened(path, MappingProxyType(found), is_zip=False, left_out=others)
    try:
        found = archive.unpacked(files.content(path, MOST_OF_ALL))
    except files.UnreadableError as error:
        raise UsageError(
            f"{path}: cannot be read: {error}; name a bundle, or the report folder of a run"
        ) from error
    except archive.NoArchiveError as error:
        folder_of = (
            "name the folder in which it lies"
            if path.name == RESULT
            else "if it was unpacked and packed again, name the unpacked folder"
        )
        raise UsageError(f"{path} is no bundle of this suite: {error}; {folder_of}") from error
    _demand(path, found, NEEDED_IN_ZIP)
    return Opened(path, MappingProxyType(found), is_zip=True)


def _demand(path: Path, found: Mapping[str, bytes], needed: tuple[str, ...]) -> None:
    for name in needed:
        if name not in found:
            raise UsageError(f"{path} is no bundle of this suite: it has no {name}")
