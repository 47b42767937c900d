"""Writes every exchange of a run to `evidence.jsonl` as it settles, and reads it back.

The file holds no secret. A request holds the name of its credential, the transport cleans each answer
as it arrives, and each line passes the vault once more. `read` returns exchanges that equal the written ones in everything that a
check reads.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.http.codec import MisfitError, decoder, fields_of, plain
from conformance.http.exchange import Exchange
from conformance.http.form import Form
from conformance.http.provider_call import Call
from conformance.http.request import Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import TextIO

    from conformance.http.codec import Decoder
    from conformance.http.vault import Vault

EVIDENCE_FILE = "evidence.jsonl"
PROVIDER_FILE = "provider.jsonl"


# The identity of each run that wrote to a file, with the exchanges that it settled.
RunHeaders = list[tuple[dict[str, Any], list[Exchange]]]


class Evidence:
    """Writes `evidence.jsonl` as exchanges settle; a killed run leaves whole lines.

    With `more`, it appends to the file of a run that was killed. `vault` knows the secrets of the run.
    """

    def __init__(self, path: Path, vault: Vault, *, more: bool = False) -> None:
        if more:
            _cut_after_last_line(path)
        self._path, self._vault, self._opened_at = path, vault, time.time()
        self._file: TextIO = path.open("a" if more else "w", encoding="utf-8")

    def begin(self, run: dict[str, Any]) -> None:
        """Write the identity of the run whose exchanges follow."""
        self._write({"run": self._vault.clean(run)})

    def __call__(self, exchange: Exchange) -> None:
        """Write one exchange; its control has a line of its own, and its calls are in `provider.jsonl`."""
        # Answers are clean since they arrived, and no secret is in a body that the suite wrote.
        bare = replace(exchange.request, form=None, body=b"")
        rest = replace(
            exchange, request=bare, reply=None, behind=(), fetched=(), control=None, calls=None
        )
        clean = self._vault.clean(rest)
        kept = replace(
            clean,
            request=replace(clean.request, body=exchange.request.body),
            reply=exchange.reply,
            behind=exchange.behind,
            fetched=exchange.fetched,
        )
        self._write({"id": exchange.id, **fields_of(kept)})

    def close(self) -> None:
        """Close the file; lines from before a secret was learnt are written once more."""
        self._file.close()
        if self._vault.learnt_at > self._opened_at:
            _rewrite(self._path, self._vault)

    def _write(self, row: dict[str, Any]) -> None:
        self._file.write(json.dumps(row, default=plain) + "\n")
        self._file.flush()


def _cut_after_last_line(path: Path) -> None:
    """Remove the line that a killed run had begun to write."""
    with path.open("r+b") as file:
        file.truncate(file.read().rfind(b"\n") + 1)


def _rewrite(path: Path, vault: Vault) -> None:
    """Clean the lines of a file with all that is known by now, if one of them needs it."""
    with path.open("rb") as lines:
        if not any(map(vault.redactor.suspects, lines)):
            return
    beside = path.with_suffix(".new")
    with beside.open("w", encoding="utf-8") as lines:
        for name, row in _rows(path):
            # Bytes are written as base64, where a mark would not be.
            found = (
                row if "run" in row else {"id": row.get("id"), **fields_of(_exchange(row, name))}
            )
            lines.write(json.dumps(vault.clean(found), default=plain) + "\n")
    beside.replace(path)


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


def write_calls(path: Path, calls: Iterable[Call], vault: Vault) -> None:
    """Write `provider.jsonl`: each call to the stand-in provider, with the request that caused it."""
    with path.open("w", encoding="utf-8") as lines:
        for call in calls:
            lines.write(json.dumps(vault.clean(call), default=plain) + "\n")


def read_calls(path: Path) -> Iterator[Call]:
    """Read the calls to the provider back.

    Raises:
        ValueError: `write_calls` does not write such a line.
    """
    return (_fitting(_CALL, row, line) for line, row in _rows(path))


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the object of each whole line, with the line's name for errors."""
    with path.open(encoding="utf-8") as lines:
        for number, text in enumerate(lines, 1):
            if text.endswith("\n"):
                name = f"line {number}"
                try:
                    row = json.loads(text)
                except (ValueError, RecursionError) as error:
                    raise ValueError(f"{name} is not JSON: {error}") from error
                yield name, _fitting(_ROW, row, name)


def _exchange(row: dict[str, Any], line: str) -> Exchange:
    # The id is computed from the request; it is in the file for people.
    found: Exchange = _fitting(_EXCHANGE, {k: v for k, v in row.items() if k != "id"}, line)
    return found


def _fitting(decode: Decoder, value: Any, name: str) -> Any:
    try:
        return decode(value)
    except MisfitError as error:
        raise ValueError(f"{name}{error}") from error


_ROW = decoder(dict[str, Any])
_RUN = decoder(dict[str, dict[str, Any]])
_EXCHANGE = decoder(Exchange, whole=True, known=(Form, Call, Request))
_CALL = decoder(Call, whole=True)
