"""Keeps what the shards of a run wrote beside the result of the whole run."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from conformance.errors import WriteError
from conformance.evidence.calls import PROVIDER_FILE
from conformance.evidence.curl import FIXTURES
from conformance.evidence.log import EVIDENCE_FILE
from conformance.evidence.reading import MOST_BYTES
from conformance.http.reading import files
from conformance.result import beside, merge
from conformance.result.consistency import shard_of

if TYPE_CHECKING:
    from pathlib import Path


def keep(folders: list[Path], into: Path) -> None:
    """Keep what the shards wrote in `parts/` of one folder, and the files that their curl lines name.

    So the whole result can be verified from the evidence of each shard. One of the folders may be that
    folder itself.

    Raises:
        WriteError: something cannot be read or written.
    """
    try:
        into.mkdir(parents=True, exist_ok=True)
        _into(folders, into)
    except (OSError, files.UnreadableError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise WriteError(f"the evidence of the shards cannot be put into {into}: {why}") from error


def _into(folders: list[Path], into: Path) -> None:
    ordered = sorted(folders, key=lambda folder: shard_of(merge.read(folder).shard) or (0, 0))
    kept = [
        {name: files.content(folder / name, MOST_BYTES) for name in _of_a_part(folder)}
        for folder in ordered
    ]
    shutil.rmtree(into / beside.PARTS, ignore_errors=True)
    for number, part in enumerate(kept, 1):
        place = into / beside.PARTS / str(number)
        place.mkdir(parents=True)
        for name, content in part.items():
            files.put(place / name, content)
    for name in (EVIDENCE_FILE, PROVIDER_FILE):  # of a shard, if its folder is this one
        (into / name).unlink(missing_ok=True)
    for folder in folders:
        if folder.resolve() != into.resolve():
            _copy_fixtures(folder / FIXTURES, into / FIXTURES)


def _of_a_part(folder: Path) -> list[str]:
    return [name for name in beside.OF_A_PART if os.path.lexists(folder / name)]


def _copy_fixtures(folder: Path, into: Path) -> None:
    """Copy the files that curl lines send, by the names that the suite gives them, and no links."""
    for path in sorted(folder.glob("*")) if folder.is_dir() else ():
        if beside.FIXTURE.fullmatch(path.name) and path.is_file() and not path.is_symlink():
            into.mkdir(parents=True, exist_ok=True)
            files.put(into / path.name, files.content(path, MOST_BYTES))
