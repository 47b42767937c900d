"""The waivers of an operator: known failures, each with a reason, an owner and a last day.

They stand in `waivers.toml` beside `conformance.toml`, or as `[[waivers]]` in `conformance.toml` itself:

    [[waivers]]
    requirement = "N-2"            # or: finding = "accepts:n", as result.json names it
    reason = "the provider takes n = 11; PAY-12 removes it"
    owner = "Ann Example"
    link = "https://issues.example/PAY-12"      # may be left out
    expires = 2026-12-31
"""

from __future__ import annotations

import datetime as dt
import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.contract.profiles import PROFILES
from conformance.errors import UsageError
from conformance.http.reading import files
from conformance.http.reading.short import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WAIVERS_FILE = "waivers.toml"
TABLE = "waivers"
MOST_BYTES = files.MB
LONGEST = 500
NEEDED = ("reason", "owner", "expires")
KEYS = ("requirement", "finding", *NEEDED, "link", "profile")
HEADER = re.compile(r"""[ \t]*\[\[[ \t]*["']?waivers["']?[ \t]*\]\]""")
LINK = re.compile(r"https?://[\x21-\x7e]+")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Waiver:
    """One waiver: of a requirement or of a finding, and where it stands.

    `expires` is the last day, in UTC, on which it counts. `profile` is the smallest one whose run must
    show the failure: a smaller run that passes does not make the waiver stale.
    """

    requirement: str
    finding: str
    reason: str
    owner: str
    expires: dt.date
    link: str = ""
    profile: str = "core"
    file: str = ""
    line: int = 0

    @property
    def id(self) -> str:
        """The id of what it waives."""
        return self.requirement or self.finding


def given(named: str | None, config: Path | None) -> tuple[Waiver, ...]:
    """Return the waivers of a run, in their order.

    Args:
        named: the file that --waivers names; then no other one is read.
        config: the configuration file, if there is one.

    Raises:
        UsageError: a file or a waiver cannot be used; the message names the file and the line.
    """
    if named is not None:
        return _once(read(Path(named), alone=config is None or Path(named) != config))
    beside = (config.parent if config else Path()) / WAIVERS_FILE
    of_config = read(config, alone=False) if config else ()
    return _once((*of_config, *(read(beside) if os.path.lexists(beside) else ())))


def read(path: Path, *, alone: bool = True) -> tuple[Waiver, ...]:
    """Read the waivers of a file; `alone` says that it may hold nothing else.

    Raises:
        UsageError: the file or a waiver in it cannot be used.
    """
    try:
        text = files.text(path, MOST_BYTES)
    except files.UnreadableError as error:
        raise UsageError(f"{path}: cannot be read: {error}") from error
    return parsed(text, str(path), alone=alone)


def parsed(text: str, name: str, *, alone: bool = True) -> tuple[Waiver, ...]:
    """Return the waivers that a text of TOML holds; `name` is what errors call it.

    Raises:
        UsageError: it is no TOML, or one of them cannot be used.
    """
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also of numbers and depths beyond Python's own
        raise UsageError(f"{name}: is no TOML: {error}") from error
    if alone and (strange := [key for key in document if key != TABLE]):
        raise UsageError(f"{name}: {shown(strange[0])}: a file of waivers holds [[waivers]] alone")
    tables = document.get(TABLE, [])
    if isinstance(tables, str) and not alone:
        return ()
    lines = text.split("\n")
    heads = [number for number, line in enumerate(lines, 1) if HEADER.match(line)]
    if not isinstance(tables, list) or len(heads) != len(tables):
        raise UsageError(
            f"{name}: write each waiver as a table of its own, below a line [[waivers]]"
        )
    ends = [*heads[1:], len(lines) + 1][: len(heads)]
    return tuple(
        _waiver(table, name, lines, range(head, end))
        for table, head, end in zip(tables, heads, ends, strict=True)
    )


def _waiver(table: Any, name: str, lines: list[str], place: range) -> Waiver:
    for key, problem in _problems(table):
        at = re.compile(rf"""[ \t]*["']?{re.escape(key)}["']?[ \t]*=""")
        found = (number for number in place if at.match(lines[number - 1]))
        raise UsageError(f"{name}:{next(found, place.start)}: {problem}")
    told = {"requirement": "", "finding": "", **table, "expires": day_of(table["expires"])}
    return Waiver(**told, file=name, line=place.start)


def _problems(table: Any) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a table of a waiver, and the key at which it is, or an empty text."""
    yield from (
        (key, f"{shown(key)} is no key of a waiver; it has {', '.join(KEYS)}")
        for key in table
        if key not in KEYS
    )
    if ("requirement" in table) == ("finding" in table):
        yield "", "a waiver names either a requirement or a finding"
    for key in NEEDED:
        if key not in table:
            yield "", f"the waiver has no {key}; it needs {', '.join(NEEDED)}"
    for key, value in table.items():
        if key != "expires" and (problem := _wrong_text(value)):
            yield key, f"{key} {problem}"
    if day_of(table["expires"]) is None:
        yield "expires", f"expires is {shown(table['expires'])}, and no day like 2026-12-31"
    if "link" in table and not LINK.fullmatch(table["link"]):
        yield "link", f"link is {shown(table['link'])}, and no address with https://"
    if table.get("profile", "core") not in PROFILES:
        yield "profile", f"profile is none of {', '.join(PROFILES)}"


def _wrong_text(value: Any) -> str:
    """Return what is wrong with a text that reports show in one line, or nothing."""
    if not isinstance(value, str):
        return f"is {shown(value)}, and no text; put it in quotes"
    if not value.strip() or not value.isprintable() or len(value) > LONGEST:
        return f"must be one line of at most {LONGEST} characters that can be printed"
    return ""


def day_of(value: Any) -> dt.date | None:
    """Return a day that a file or a flag gives, or None where it is none."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    try:
        known = isinstance(value, str) and DAY.fullmatch(value)
        return dt.date.fromisoformat(value) if known else None
    except ValueError:
        return None


def _once(waivers: Iterable[Waiver]) -> tuple[Waiver, ...]:
    """Return waivers of which no two are of the same requirement or finding."""
    first: dict[str, Waiver] = {}
    for waiver in waivers:
        if (other := first.setdefault(waiver.id, waiver)) is not waiver:
            raise UsageError(
                f"{waiver.file}:{waiver.line}: {shown(waiver.id)} is waived already, in"
                f" {other.file}:{other.line}; remove one of the two"
            )
    return tuple(first.values())
