"""What is kept of a run: every exchange as it settled, one JSON object a line.

Credentials stand in it by name only: requests never hold them (a header of the operator holds the
name of its variable), and answers were cleaned as they arrived. `read` gives the exchanges back,
equal in everything that a judge reads.
"""

from __future__ import annotations

import base64
import dataclasses
import json
from typing import TYPE_CHECKING, Any

from conformance.http.exchange import Attempt, Credential, Exchange, Fetched, Reply, Request
from conformance.http.provider_call import Answered, Call, Claim, Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import TextIO

EVIDENCE_FILE = "evidence.jsonl"
PROVIDER_FILE = "provider.jsonl"


# What each part of a file says of its run, and the exchanges that follow.
RunHeaders = list[tuple[dict[str, Any], list[Exchange]]]


class Evidence:
    """Writes `evidence.jsonl` as exchanges arrive; a killed run leaves whole lines.

    With `more`, it goes on where an earlier run was killed.
    """

    def __init__(self, path: Path, *, more: bool = False) -> None:
        if more:
            _cut_after_last_line(path)
        self._file: TextIO = path.open("a" if more else "w", encoding="utf-8")

    def begin(self, run: dict[str, Any]) -> None:
        """Say of which run the exchanges are that follow."""
        self._file.write(json.dumps({"run": run}) + "\n")
        self._file.flush()

    def __call__(self, exchange: Exchange) -> None:
        """Write one exchange."""
        self._file.write(json.dumps(self._row(exchange), ensure_ascii=True) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _row(self, exchange: Exchange) -> dict[str, Any]:
        request = {
            **_fields(exchange.request),
            "form": None,
            "body": _packed(exchange.request.body),
            "credential": _fields(exchange.request.credential),
        }
        return {
            "id": exchange.id,
            **_fields(exchange),
            "control": None,
            "calls": None,
            "request": request,
            "reply": exchange.reply and _reply_row(exchange.reply),
            "behind": [_reply_row(reply) for reply in exchange.behind],
            "earlier": [_fields(a) for a in exchange.earlier],
            "fetched": [{**_fields(f), "body": _packed(f.body)} for f in exchange.fetched],
        }


def _reply_row(reply: Reply) -> dict[str, Any]:
    return {**_fields(reply), "body": _packed(reply.body)}


def _fields(value: Any) -> dict[str, Any]:
    """Return a frozen value's fields as they are; `asdict` would copy all that is in them."""
    return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}


def _cut_after_last_line(path: Path) -> None:
    """Take away what a killed run had begun to write."""
    with path.open("r+b") as file:
        file.truncate(file.read().rfind(b"\n") + 1)


def read(path: Path) -> Iterator[Exchange]:
    """Read exchanges back; a last line that was cut off by a killed run is left out."""
    return (_exchange(row) for row in _rows(path) if "run" not in row)


def runs(path: Path) -> RunHeaders:
    """Read exchanges back by the run that they are of: what it is, and what it settled."""
    found: RunHeaders = []
    for row in _rows(path):
        if "run" in row:
            found.append((row["run"], []))
        elif found:
            found[-1][1].append(_exchange(row))
    return found


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.endswith("\n"):
                yield json.loads(line)


def write_calls(path: Path, calls: Iterable[Call]) -> None:
    """Write `provider.jsonl`: every call that reached the stand-in provider, and whose it is."""
    with path.open("w", encoding="utf-8") as lines:
        for call in calls:
            lines.write(json.dumps(dataclasses.asdict(call), ensure_ascii=True) + "\n")


def read_calls(path: Path) -> Iterator[Call]:
    """Read the calls to the provider back."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield _call(json.loads(line))


def _call(row: dict[str, Any]) -> Call:
    parts = tuple(Part(**{**p, "headers": _pairs(p["headers"])}) for p in row["parts"])
    claim = Claim(**{**row["claim"], "requests": tuple(row["claim"]["requests"])})
    told = row["answered"]
    answered = None if told is None else Answered(**{**told, "headers": _pairs(told["headers"])})
    read = {"headers": _pairs(row["headers"]), "parts": parts, "claim": claim}
    return Call(**{**row, **read, "answered": answered})


def _exchange(row: dict[str, Any]) -> Exchange:
    sent = row["request"]
    request = Request(
        **{
            **sent,
            "headers": _pairs(sent["headers"]),
            "body": _unpacked(sent["body"]),
            "credential": Credential(**sent["credential"]),
            "asked_in": tuple(sent["asked_in"]),
            "fields": _pairs(sent["fields"]),
            "picture_at": tuple(sent["picture_at"]),
        }
    )
    reply = _reply(row["reply"]) if row["reply"] is not None else None
    behind = tuple(map(_reply, row["behind"]))
    earlier = tuple(Attempt(**{**a, "headers": _pairs(a["headers"])}) for a in row["earlier"])
    fetched = tuple(Fetched(**{**f, "body": _unpacked(f["body"])}) for f in row["fetched"])
    kept = {k: v for k, v in row.items() if k != "id"}
    return Exchange(
        **{
            **kept,
            "request": request,
            "reply": reply,
            "behind": behind,
            "earlier": earlier,
            "fetched": fetched,
        }
    )


def _reply(row: dict[str, Any]) -> Reply:
    return Reply(**{**row, "headers": _pairs(row["headers"]), "body": _unpacked(row["body"])})


def _pairs(rows: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((str(k), str(v)) for k, v in rows)


def _packed(content: bytes) -> dict[str, str]:
    try:
        return {"text": content.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode("ascii")}


def _unpacked(packed: dict[str, str]) -> bytes:
    if "text" in packed:
        return packed["text"].encode("utf-8")
    return base64.b64decode(packed["base64"])
