"""Writes every exchange of a run to `evidence.jsonl` as it settles, and reads it back.

The file holds no secret. A request holds the name of its credential, the transport cleans each answer
as it arrives, and what the suite itself says in a line passes the vault. `read` returns exchanges that
equal the written ones in everything that a check reads.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.errors import BrokenRunError, WriteError
from conformance.evidence import rows
from conformance.http.exchange import Exchange
from conformance.http.facts import Cut, PictureFacts
from conformance.http.form import Form
from conformance.http.provider_call import Call
from conformance.http.reading import files, strict_json
from conformance.http.reading.codec import MisfitError, decoder, fields_of, plain
from conformance.http.reading.short import shown
from conformance.http.request import Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from conformance.http.reading.codec import Decoder
    from conformance.http.redacting.vault import Vault

EVIDENCE_FILE = "evidence.jsonl"
PROVIDER_FILE = "provider.jsonl"
# What is read back: more is not kept of an answer, and no more of a run can be held at once.
MOST_OF_LINE = 100 * files.MB
MOST_BYTES = 2_000 * files.MB
STATUSES = range(1000)  # three digits, RFC 9112 §4

# The identity of each run that wrote to a file, with the exchanges that it settled.
RunHeaders = list[tuple[dict[str, Any], list[Exchange]]]


class Evidence:
    """Writes `evidence.jsonl` as exchanges settle; a killed run leaves whole lines, a full disk too.

    With `more`, it appends to the file of a run that was killed. `vault` knows the secrets of the run.
    What cannot be written raises `BrokenRunError`: a run that goes on would pay for what nobody can
    judge, or resume from.
    """

    def __init__(self, path: Path, vault: Vault, *, more: bool = False) -> None:
        self._path, self._vault, self._opened_at = path, vault, time.time()
        self._left = rows.MOST_BYTES
        # The address and headers of requests that held no secret, and what was known then.
        self._plain: object = None
        try:
            if more:
                _cut_after_last_line(path)
            self._file = files.open_to_write(path, more=more)
        except OSError as error:
            raise BrokenRunError(
                f"{path} cannot be written: {error.strerror}; nothing was sent. Take away what has its"
                " name, or name another folder with --report-dir"
            ) from error

    def begin(self, run: dict[str, Any]) -> None:
        """Write the identity of the run whose exchanges follow."""
        self._write({"run": self._vault.clean(run)})

    def __call__(self, exchange: Exchange) -> None:
        """Write one exchange; its control has a line of its own, and its calls are in `provider.jsonl`."""
        line, taken = rows.line(self._clean(exchange), self._left, exchange.id)
        self._left -= taken
        self._put(line)

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

    def close(self) -> None:
        """Close the file; lines from before a secret was learnt are written once more."""
        self._file.close()
        if self._vault.learnt_at > self._opened_at:
            _rewrite(self._path, self._vault)

    def _write(self, row: dict[str, Any]) -> None:
        self._put(json.dumps(row, default=plain))

    def _put(self, line: str) -> None:
        try:
            files.append(self._file, line.encode() + b"\n")
        except (OSError, ValueError) as error:  # ValueError: it was closed
            raise BrokenRunError(
                f"{self._path} cannot be written any more: {getattr(error, 'strerror', None) or error};"
                " the run stopped, since it must not spend what it cannot keep. Make room, and go on"
                " with --resume"
            ) from error


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


def _rewrite(path: Path, vault: Vault) -> None:
    """Clean the lines of a file with all that is known by now, if one of them needs it."""
    with path.open("rb") as lines:
        if not any(map(vault.redactor.suspects, lines)):
            return
    rows = []
    for name, row in _rows(path):
        # Bytes are written as base64, where a mark would not be.
        found = row if "run" in row else {"id": row.get("id"), **fields_of(_exchange(row, name))}
        rows.append(json.dumps(vault.clean(found), default=plain) + "\n")
    files.put(path, "".join(rows).encode())


def read(path: Path) -> Iterator[Exchange]:
    """Read exchanges back, without an unfinished last line of a killed run.

    Raises:
        ValueError: `Evidence` does not write such a line; the message names the line and the key.
    """
    return (_exchange(row, line) for line, row in _rows(path) if "run" not in row)


def runs(path: Path) -> RunHeaders:
    """Read the exchanges of each run back, with the identity of the run.

    Raises:
        ValueError: as `read` does.
    """
    found: RunHeaders = []
    for line, row in _rows(path):
        if "run" in row:
            found.append((_fitting(_RUN, row, line)["run"], []))
        elif found:
            found[-1][1].append(_exchange(row, line))
    return found


def first_run(path: Path) -> dict[str, Any]:
    """Return the identity of the run that began a file; it is empty where the file does not say it.

    Raises:
        ValueError: as `read` does.
    """
    for line, row in _rows(path):
        run: dict[str, Any] = _fitting(_RUN, row, line)["run"] if "run" in row else {}
        return run
    return {}


def write_calls(path: Path, calls: Iterable[Call], vault: Vault) -> None:
    """Write `provider.jsonl`: each call to the stand-in provider, with the request that caused it.

    Raises:
        WriteError: it cannot be written.
    """
    rows = (json.dumps(vault.clean(call), default=plain) + "\n" for call in calls)
    try:
        files.put(path, "".join(rows).encode())
    except OSError as error:
        raise WriteError(f"{path} cannot be written: {error.strerror}") from error


def read_calls(path: Path) -> Iterator[Call]:
    """Read the calls to the provider back.

    Raises:
        ValueError: `write_calls` does not write such a line.
    """
    return (_fitting(_CALL, row, line) for line, row in _rows(path))


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the object of each whole line, with the line's name for errors."""
    for number, line in enumerate(files.lines(path, MOST_BYTES, MOST_OF_LINE), 1):
        name = f"line {number}"
        try:
            row = strict_json.loads(line.decode())
        except ValueError as error:
            raise ValueError(f"{name} is not JSON: {error}") from error
        yield name, _fitting(_ROW, row, name)


def _exchange(row: dict[str, Any], line: str) -> Exchange:
    found: Exchange = _fitting(_EXCHANGE, {k: v for k, v in row.items() if k != "id"}, line)
    if found.id != row.get("id"):
        # It stands for the bytes that were sent: one of them was changed.
        raise ValueError(f"{line} is of the request {found.id}, and says {shown(row.get('id'))}")
    replies = (found.reply, *found.earlier, *found.fetched, *found.behind)
    for status in (r.status for r in replies if r is not None):
        if status is not None and status not in STATUSES:
            raise ValueError(f"{line} has the status {shown(status)}, which no answer can have")
    if not (found.elapsed_s >= 0 and found.finished_at >= 0):
        raise ValueError(f"{line} has a time before its time")
    return found


def _fitting(decode: Decoder, value: Any, name: str) -> Any:
    try:
        return decode(value)
    except MisfitError as error:
        raise ValueError(f"{name}{error}") from error


_ROW = decoder(dict[str, Any])
_RUN = decoder(dict[str, dict[str, Any]])
_EXCHANGE = decoder(Exchange, whole=True, known=(Form, Call, Request, Cut, PictureFacts))
_CALL = decoder(Call, whole=True)
