"""`conformance waive ID`: appends a waiver to a file, and leaves all that stands there as it is."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.cli import streams
from conformance.errors import UsageError, WriteError

if TYPE_CHECKING:
    import argparse
    import datetime as dt

    from conformance.target.waivers import Waiver

DEFAULT = Path("waivers.toml")


def add(commands: Any) -> None:
    """Add the command to the parser of the command line."""
    waive = commands.add_parser(
        "waive",
        help="waive a known failure until a day",
        description="Appends a waiver to a file that `conformance run` reads. The failure stays a"
        " failure, shown with its reason; with --accept-waivers it does not decide the exit code. After"
        " the day it fails the run.",
    )
    waive.add_argument("id", metavar="ID", help="a requirement, or the key of a finding")
    waive.add_argument("--reason", required=True, metavar="TEXT", help="why it is not mended now")
    waive.add_argument("--until", required=True, metavar="DATE", help="its last day, as 2026-12-31")
    waive.add_argument(
        "--owner", metavar="NAME", help="who answers for it (default: the user's name)"
    )
    waive.add_argument("--link", metavar="URL", help="where it is tracked")
    waive.add_argument(
        "--profile",
        choices=("smoke", "core", "full"),
        help="the smallest profile that shows the failure (default: core)",
    )
    waive.add_argument(
        "--file", type=Path, default=DEFAULT, metavar="FILE", help=f"default: {DEFAULT}"
    )
    waive.set_defaults(command="waive")


def run(parsed: argparse.Namespace) -> int:
    """Append a waiver, say so, and return 0."""
    import datetime as dt  # noqa: PLC0415 - --help needs none

    streams.write(waive(parsed, dt.datetime.now(dt.UTC).date()))
    return 0


def waive(parsed: argparse.Namespace, today: dt.date) -> str:
    """Append a waiver, and return the line that says so.

    Args:
        parsed: the arguments of the command.
        today: the day in UTC; a waiver that ends before it would fail the next run.

    Raises:
        UsageError: the id, the day, a text or the file cannot be used, or the id is waived already.
        WriteError: the file cannot be written; it is as it was.
    """
    from conformance.http.reading import files  # noqa: PLC0415 - --help needs none
    from conformance.target import waivers  # noqa: PLC0415 - --help needs none

    id_, kind = _known(parsed.id)
    until = waivers.day_of(parsed.until)
    if until is None:
        raise UsageError(f"--until {parsed.until!r}: is no day; write it like 2026-12-31")
    if until < today:
        raise UsageError(f"--until {until}: is past, so that the waiver would fail the next run")
    path: Path = parsed.file.resolve() if parsed.file.is_symlink() else parsed.file
    there, before = _there(parsed.file)
    if (other := next((w for w in there if w.id == id_), None)) is not None:
        raise UsageError(f"{id_} is waived already: {other.file}:{other.line}; change that one")
    rows = {kind: id_, "reason": parsed.reason, "owner": _owner(parsed.owner)}
    rows |= {"link": parsed.link} if parsed.link else {}
    rows |= {"profile": parsed.profile} if parsed.profile else {}
    table = "[[waivers]]\n" + "".join(f"{key} = {_quoted(rows[key])}\n" for key in rows)
    added = _joined(before, f"{table}expires = {until}\n")
    # What would be refused when it is read is not written.
    waivers.parsed(added.decode("utf-8-sig"), str(parsed.file), alone=_is_alone(parsed.file))
    if len(added) > waivers.MOST_BYTES:
        raise UsageError(f"{parsed.file}: {files.too_large(waivers.MOST_BYTES)} then")
    _replace(path, added)
    return f"{parsed.file}: {id_} is waived until {until}\n"


def _known(text: str) -> tuple[str, str]:
    """Return the id as it is known, and whether it is of a requirement or of a finding."""
    import difflib  # noqa: PLC0415 - --help needs none

    from conformance.contract import contract  # noqa: PLC0415 - --help needs none
    from conformance.result.findings.keys import is_key  # noqa: PLC0415 - --help needs none

    requirements = contract.load().requirements
    if text.upper() in requirements:
        return text.upper(), "requirement"
    if is_key(text):
        return text, "finding"
    near = difflib.get_close_matches(text.upper(), requirements, 3)
    advice = f"did you mean {' or '.join(near)}?" if near else "see `conformance list`"
    raise UsageError(f"{text[:80]!r} is no requirement, and no key of a finding; {advice}")


def _there(path: Path) -> tuple[tuple[Waiver, ...], bytes]:
    """Return the waivers that a run would read beside or in a file, and what the file holds."""
    from conformance.http.reading import files  # noqa: PLC0415 - --help needs none
    from conformance.target import settings, waivers  # noqa: PLC0415 - --help needs none

    config = path.parent / settings.CONFIG_FILE
    beside = path.parent / waivers.WAIVERS_FILE
    places = dict.fromkeys(p for p in (path, config, beside) if os.path.lexists(p))
    found = [w for place in places for w in waivers.read(place, alone=_is_alone(place))]
    if path not in places:
        return tuple(found), b""
    try:
        return tuple(found), files.content(path, waivers.MOST_BYTES)
    except files.UnreadableError as error:
        raise UsageError(f"{path}: cannot be read: {error}") from error


def _is_alone(path: Path) -> bool:
    from conformance.target import settings  # noqa: PLC0415 - --help needs none

    return path.name != settings.CONFIG_FILE


def _owner(given: str | None) -> str:
    if given is not None:
        return given
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        raise UsageError("nobody is known to own the waiver; name somebody with --owner") from None


def _quoted(text: str) -> str:
    """Return a text as a string of TOML, which has the escapes of JSON."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _joined(before: bytes, table: str) -> bytes:
    """Return a file with a table behind its end, and with the line ends that it has."""
    end = b"\r\n" if b"\r\n" in before else b"\n"
    gap = b"" if not before else end if before.endswith(b"\n") else end * 2
    return before + gap + table.encode("utf-8", "backslashreplace").replace(b"\n", end)


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole in the place of the old one, which stays if that fails."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("xb") as file:
            file.write(content)
        if path.exists():
            beside.chmod(path.stat().st_mode & 0o777)
        beside.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise WriteError(f"{path} cannot be written: {error.strerror or error}") from error
