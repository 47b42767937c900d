"""Reads the result that a report folder, a `result.json` or a bundle holds, without its evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.bundle import archive
from conformance.bundle.layout import MOST_OF_ALL, RESULT
from conformance.bundle.reading import open_bundle
from conformance.errors import UsageError
from conformance.http.reading import files
from conformance.result import consistency, storage

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.result.model import Result


def read(path: Path) -> Result:
    """Return the result that a report folder, a file or a bundle holds.

    Raises:
        UsageError: there is none that can be read, or its values do not fit each other.
    """
    try:
        if _is_zip(path):
            content = open_bundle(path).files[RESULT]
            found = storage.from_json(content.decode("utf-8-sig"), name=f"{RESULT} in {path}")
        else:
            path = path / RESULT if path.is_dir() else path
            found = storage.read(path)
        return consistency.demand(found, str(path))
    except storage.ResultError as error:
        raise UsageError(str(error)) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{RESULT} in {path} is not UTF-8 text; pack it again") from error


def _is_zip(path: Path) -> bool:
    """Return whether a file begins as a zip does; what is no file, or cannot be read, is none."""
    try:
        if not path.is_file():
            return False
        with files.opened(path, MOST_OF_ALL) as file:
            return file.read(len(archive.BEGINNING)) == archive.BEGINNING
    except (OSError, ValueError):  # a name that no file can have, or one that may not be opened
        return False
