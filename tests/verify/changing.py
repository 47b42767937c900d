"""Changes what a run wrote, as somebody would who wants another verdict."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import TYPE_CHECKING, Any

from conformance import reports
from conformance.evidence import chain
from conformance.result import storage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conformance.result.model import Result

    Row = dict[str, Any]


def rows_of(folder: Path) -> list[Row]:
    """Return the rows of evidence without their digests."""
    found = [json.loads(line) for line in (folder / "evidence.jsonl").read_text().splitlines()]
    return [{k: v for k, v in row.items() if k != chain.PREVIOUS} for row in found]


def write_rows(folder: Path, rows: list[Row]) -> None:
    """Write rows with a whole chain, and a result that names its end: only a signature finds that."""
    last, lines = chain.FIRST, []
    for number, row in enumerate(rows, 1):
        if "end" in row:
            row["rows"] = number
        line = chain.linked(last, json.dumps(row)).encode()
        last = chain.digest(line)
        lines.append(line + b"\n")
    (folder / "evidence.jsonl").write_bytes(b"".join(lines))
    change_result(folder, lambda r: dataclasses.replace(r, evidence=_ending(r, len(lines), last)))


def _ending(result: Result, rows: int, last: str) -> Any:
    assert result.evidence is not None
    return dataclasses.replace(result.evidence, rows=rows, last=last)


def change_result(folder: Path, change: Callable[[Result], Result]) -> None:
    """Change the result, and draw every report anew, as the suite itself would."""
    reports.write(change(storage.read(folder / "result.json")), folder)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
