"""Writes everything of a run to `evidence.jsonl` as it comes; `evidence.reading` reads it back.

The file holds no secret. A request holds the name of its credential, the transport cleans each answer
as it arrives, and what the suite itself says in a line passes the vault, before the row behind it takes
the digest of the line. What is read back equals what was written in everything that a check reads.
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from conformance.errors import BrokenRunError
from conformance.evidence import chain, reading, rows
from conformance.http.reading import files
from conformance.http.reading.codec import fields_of, plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.evidence.reading import Head
    from conformance.evidence.tape import Told
    from conformance.http.exchange import Exchange
    from conformance.http.redacting.vault import Vault

EVIDENCE_FILE = "evidence.jsonl"


@dataclass(frozen=True)
class Sealed:
    """The end of a file of evidence: how many rows it has, and the digest of the last one."""

    rows: int
    last: str


class Evidence:
    """Writes `evidence.jsonl` row by row, on any thread; a killed run leaves whole lines, a full disk too.

    With `more`, it appends to the file of a run that was killed, and its chain goes on. `vault` knows the
    secrets of the run. What cannot be written raises `BrokenRunError`: a run that goes on would pay for
    what nobody can judge, or resume from.
    """

    def __init__(self, path: Path, vault: Vault, *, more: bool = False) -> None:
        self._path, self._vault, self._opened_at = path, vault, time.time()
        self._left = rows.MOST_BYTES
        self._lock = threading.Lock()
        # The address and headers of requests that held no secret, and what was known then.
        self._plain: object = None
        try:
            if more:
                _cut_after_last_line(path)
            self._at = chain.last_of(_lines(path)) if more else chain.Position()
            self._file = files.open_to_write(path, more=more)
        except (OSError, files.UnreadableError) as error:
            raise BrokenRunError(
                f"{path} cannot be written: {getattr(error, 'strerror', None) or error}; nothing was"
                " sent. Take away what has its name, or name another folder with --report-dir"
            ) from error

    def begin(self, head: Head) -> None:
        """Write the head of the exchanges that follow."""
        self._write(fields_of(self._vault.clean(head)))

    def tell(self, told: Told) -> None:
        """Write what the run was told that is no exchange."""
        value = self._vault.clean(told.value)
        self._write({"told": told.question, "at": told.at, "value": value, "more": told.more})

    def end(self, ended: dict[str, Any]) -> None:
        """Write the row that closes a run, with its number."""
        row = {"end": self._vault.clean(ended), "rows": self._at.rows + 1}
        self._write(row)

    def __call__(self, exchange: Exchange) -> Exchange:
        """Write one exchange; its control has a line of its own, and its calls are in `provider.jsonl`.

        Returns:
            the exchange, without what its line lacks: no check may see more than the evidence holds.
        """
        line = rows.line(self._clean(exchange), self._left, exchange.id)
        self._left -= line.taken
        self._put(line.text)
        return rows.lean(exchange) if line.is_lean else exchange

    def _clean(self, exchange: Exchange) -> Exchange:
        """Return an exchange without secrets, whoever made it.

        Answers are clean since they arrived, and no secret is in a body that the suite wrote.
        """
        request = exchange.request
        same = (request.url, request.headers, self._vault.redactor)
        if same != self._plain and self._vault.clean(same[:2]) == same[:2]:
            self._plain = same
        told = (request.label, exchange.failure_text)
        if same == self._plain and self._vault.clean(told) is told:
            return exchange
        clean = self._vault.clean(exchange)
        return replace(clean, request=replace(clean.request, body=request.body))

    def close(self) -> Sealed:
        """Close the file; lines from before a secret was learnt are written once more."""
        self._file.close()
        if self._vault.learnt_at > self._opened_at:
            self._at = _rewritten(self._path, self._vault) or self._at
        return Sealed(self._at.rows, self._at.last)

    def _write(self, row: dict[str, Any]) -> None:
        self._put(json.dumps(row, default=plain))

    def _put(self, line: str) -> None:
        try:
            with self._lock:
                written = chain.linked(self._at.last, line).encode()
                files.append(self._file, written + b"\n")
                self._at.after(written)
        except (OSError, ValueError) as error:  # ValueError: it was closed
            raise BrokenRunError(
                f"{self._path} cannot be written any more: {getattr(error, 'strerror', None) or error};"
                " the run stopped, since it must not spend what it cannot keep. Make room, and go on"
                " with --resume"
            ) from error


def _lines(path: Path) -> Iterator[bytes]:
    return files.lines(path, reading.MOST_BYTES, reading.MOST_OF_LINE)


def _cut_after_last_line(path: Path) -> None:
    """Remove the line that a killed run had begun to write."""
    with path.open("r+b") as file:
        end = file.seek(0, 2)
        while end:
            start = max(0, end - files.MB)
            file.seek(start)
            if (at := file.read(end - start).rfind(b"\n")) >= 0:
                file.truncate(start + at + 1)
                return
            end = start
        file.truncate(0)


def _rewritten(path: Path, vault: Vault) -> chain.Position | None:
    """Clean the lines of a file with all that is known by now, if one of them needs it.

    Returns:
        where the file ends now; None if no line had to be written again.
    """
    with path.open("rb") as lines:
        if not any(map(vault.redactor.suspects, lines)):
            return None
    at, found = chain.Position(), []
    for line in _lines(path):
        plain_line = chain.unlinked(line)
        # What came as bytes is written as base64, in which not every form of a secret shows.
        came = line[line.rfind(b'"reply": ') :]
        if vault.redactor.suspects(line) or b'"base64": ' in came:
            plain_line = _cleaned(plain_line, f"line {at.rows + 1}", vault)
        written = chain.linked(at.last, plain_line.decode()).encode()
        at.after(written)
        found.append(written + b"\n")
    files.put(path, b"".join(found))
    return at


def _cleaned(line: bytes, name: str, vault: Vault) -> bytes:
    row = reading.object_of(line, name)
    if reading.is_exchange(row):
        row = {"id": row.get("id"), **fields_of(reading.exchange_of(row, name))}
    return json.dumps(vault.clean(row), default=plain).encode()
