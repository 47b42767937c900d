"""Reads `evidence.jsonl` back, strictly: what does not fit is named with its line.

A file of evidence has rows of four kinds. `run` begins what was sent to one target: the identity of the
run, and how it was made. A row with an `id` is an exchange. `told` is what the run was told besides
(`evidence.tape`). `end` closes a run. Each row holds the digest of the one before it (`evidence.chain`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.evidence import chain
from conformance.evidence.chain import Position
from conformance.evidence.tape import Told
from conformance.http.exchange import Attempt, Exchange
from conformance.http.facts import Cut, PictureFacts
from conformance.http.form import Form
from conformance.http.provider_call import Call
from conformance.http.reading import files, strict_json
from conformance.http.reading.codec import MisfitError, decoder
from conformance.http.reading.short import shown
from conformance.http.request import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conformance.http.reading.codec import Decoder

# What is read back: more is not kept of an answer, and no more of a run can be held at once.
MOST_OF_LINE = 100 * files.MB
MOST_BYTES = 2_000 * files.MB
STATUSES = range(1000)  # three digits, RFC 9112 §4


class ChainError(ValueError):
    """A row that does not follow the one before it: one of them is not as it was written."""


@dataclass(frozen=True)
class Head:
    """What begins the exchanges with one target.

    `run` is the identity of the run, and `made` says how it was made, as far as a judge needs it.
    `begins` marks the first head of one process.
    """

    run: dict[str, Any]
    made: dict[str, Any] = field(default_factory=dict)
    begins: bool = True


@dataclass(frozen=True)
class Section:
    """A head, and the exchanges behind it in the order in which they settled."""

    head: Head
    exchanges: list[Exchange] = field(default_factory=list)


@dataclass(frozen=True)
class Recording:
    """Everything that a file of evidence holds.

    `sections` are those of every process that wrote to it; `told` and `end` are of the last one. `end` is
    None if that was killed. `rows` counts the lines, and `last` is the digest of the last one.
    """

    sections: tuple[Section, ...]
    told: tuple[Told, ...]
    end: dict[str, Any] | None
    rows: int
    last: str

    @property
    def latest(self) -> tuple[Section, ...]:
        """The sections of the process that wrote last."""
        return self.sections[self._begun :]

    @property
    def earlier(self) -> tuple[Section, ...]:
        """The sections of the processes before it, with which it went on."""
        return self.sections[: self._begun]

    @property
    def _begun(self) -> int:
        return max((i for i, s in enumerate(self.sections) if s.head.begins), default=0)


@dataclass(frozen=True)
class _ToldRow:
    told: str
    at: int
    value: Any
    more: bool


@dataclass(frozen=True)
class _EndRow:
    end: dict[str, Any]
    rows: int


def _refuse(problem: ChainError) -> None:
    raise problem


def recording(path: Path, on_break: Callable[[ChainError], None] = _refuse) -> Recording:
    """Read a whole file of evidence.

    Args:
        path: the file.
        on_break: gets each row that does not follow the one before it; without it that is an error.

    Raises:
        ValueError: `Evidence` does not write such a line; the message names the line and the key.
    """
    sections: list[Section] = []
    told: list[Told] = []
    end: dict[str, Any] | None = None
    at = Position()
    for line, row in rows(path, at, on_break):
        end = None
        if "run" in row:
            head: Head = fitting(_HEAD, row, line)
            told = [] if head.begins else told
            sections.append(Section(head))
        elif "told" in row:
            one: _ToldRow = fitting(_TOLD, row, line)
            told.append(Told(one.told, one.at, one.value, one.more))
        elif "end" in row:
            ended: _EndRow = fitting(_END, row, line)
            end = ended.end
            if ended.rows != at.rows:
                on_break(ChainError(f"{line} says that it is line {ended.rows}"))
        elif sections:
            sections[-1].exchanges.append(exchange_of(row, line))
    return Recording(tuple(sections), tuple(told), end, at.rows, at.last)


def read(path: Path) -> Iterator[Exchange]:
    """Read exchanges back, without an unfinished last line of a killed run.

    Raises:
        ValueError: as `recording` does.
    """
    return (exchange_of(row, line) for line, row in rows(path) if is_exchange(row))


def is_exchange(row: dict[str, Any]) -> bool:
    """Return whether a row is an exchange, and neither a head, an end nor what a run was told."""
    return row.keys().isdisjoint(("run", "told", "end"))


def first_run(path: Path) -> dict[str, Any]:
    """Return the identity of the run that began a file; it is empty where the file does not say it.

    Raises:
        ValueError: as `recording` does.
    """
    for line, row in rows(path):
        head: Head | None = fitting(_HEAD, row, line) if "run" in row else None
        return head.run if head else {}
    return {}


def rows(
    path: Path, at: Position | None = None, on_break: Callable[[ChainError], None] = _refuse
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each whole row without its digest, with the line's name for errors.

    Args:
        path: the file.
        at: counts the rows that were read, the one that is yielded included.
        on_break: as `recording` takes it.

    Raises:
        ValueError: as `recording` does.
    """
    at = at or Position()
    for line in files.lines(path, MOST_BYTES, MOST_OF_LINE):
        name = f"line {at.rows + 1}"
        row = object_of(line, name)
        if row.pop(chain.PREVIOUS, None) != at.last:
            before = f"line {at.rows}" if at.rows else "nothing"
            on_break(ChainError(f"{name} does not follow {before}: one of them was changed"))
        at.after(line)
        yield name, row


def exchange_of(row: dict[str, Any], line: str) -> Exchange:
    """Return the exchange of a row; `line` is what an error calls it.

    Raises:
        ValueError: it is none, or not the one that its id stands for.
    """
    found: Exchange = fitting(_EXCHANGE, {k: v for k, v in row.items() if k != "id"}, line)
    if found.id != row.get("id"):
        # It stands for the bytes that were sent: one of them was changed.
        raise ValueError(f"{line} is of the request {found.id}, and says {shown(row.get('id'))}")
    replies = (found.reply, *found.earlier, *found.fetched, *found.behind)
    for status in (r.status for r in replies if r is not None):
        if status is not None and status not in STATUSES:
            raise ValueError(f"{line} has the status {shown(status)}, which no answer can have")
    timed: tuple[Exchange | Attempt, ...] = (found, *found.earlier)
    if not all(one.elapsed_s >= 0 and one.finished_at >= 0 for one in timed):
        raise ValueError(f"{line} has a time before its time")
    return found


def fitting(decode: Decoder, value: Any, name: str) -> Any:
    """Return a value as a decoder reads it; `name` begins the error of one that does not fit.

    Raises:
        ValueError: it does not fit.
    """
    try:
        return decode(value)
    except MisfitError as error:
        raise ValueError(f"{name}{error}") from error


def object_of(line: bytes, name: str) -> dict[str, Any]:
    """Return the object of a line; `name` is what an error calls it.

    Raises:
        ValueError: the line is none.
    """
    try:
        row = strict_json.loads(line.decode())
    except ValueError as error:
        raise ValueError(f"{name} is not JSON: {error}") from error
    found: dict[str, Any] = fitting(_ROW, row, name)
    return found


_ROW = decoder(dict[str, Any])
_HEAD, _TOLD, _END = decoder(Head), decoder(_ToldRow, whole=True), decoder(_EndRow, whole=True)
_EXCHANGE = decoder(Exchange, whole=True, known=(Form, Call, Request, Cut, PictureFacts))
