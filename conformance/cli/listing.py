"""Prints the contract for `conformance list` and `conformance explain ID`.

`explain` also names the checks that judge a requirement and the defects that break it (`explaining`).
It imports them inside its functions, so that `list` and `--help` answer at once.
"""

from __future__ import annotations

import dataclasses
import difflib
import json
import textwrap
from typing import TYPE_CHECKING

from conformance.contract import contract
from conformance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.contract.contract import OpenMatter, Requirement
    from conformance.judging.declare import Declaration

WIDTH = 79
INDENT = " " * 8
# What the words of a requirement's row mean.
LEVELS = {"MUST": "breaking it fails the gateway", "SHOULD": "breaking it is a warning"}
SOURCES = {
    "stated": "the documentation says it",
    "shown": "only an example shows it",
    "inferred": "from a standard, or from safe operation",
}
RECORDED = "Recorded, never judged: the documentation leaves it open."


def listing(level: str = "", clause: str = "") -> str:
    """Return requirements by clause: id, level, source and sentence.

    Args:
        level: only those of this level, `must` or `should`, and nothing that is only recorded.
        clause: only those of this clause.

    Raises:
        UsageError: there is no such clause.
    """
    known, (chosen, recorded) = contract.load(), _chosen(level, clause)
    rows: list[str] = []
    for name, title in known.clauses.items():
        own: list[str] = []
        for row in (r for r in chosen if r.clause == name):
            own += _row(f"  {row.id:<13}{row.level:<7}{row.source:<9}", row.text)
        for open_matter in (o for o in recorded if o.clause == name):
            own += _row(f"  {open_matter.id:<13}{'recorded':<16}", open_matter.text)
        rows += ["", f"{name}  {title}", *own] if own else []
    return "\n".join(rows or [f"No {level.upper()} in clause {clause.upper()}"]).lstrip("\n") + "\n"


def as_json(level: str = "", clause: str = "") -> str:
    """Return the same as JSON: the contract, its clauses, requirements and what is only recorded.

    Raises:
        UsageError: there is no such clause.
    """
    known, (chosen, recorded) = contract.load(), _chosen(level, clause)
    value = {
        "contract": {"version": known.version, "sha256": known.sha256},
        "clauses": known.clauses,
        "requirements": [{**dataclasses.asdict(r), "clause": r.clause} for r in chosen],
        "observations": [{**dataclasses.asdict(o), "clause": o.clause} for o in recorded],
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _row(first: str, text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=" " * 31)


def _chosen(level: str, clause: str) -> tuple[list[Requirement], list[OpenMatter]]:
    known, wanted = contract.load(), clause.upper()
    if wanted and wanted not in known.clauses:
        near = difflib.get_close_matches(wanted, known.clauses, 3)
        advice = f"did you mean {' or '.join(near)}?" if near else "see `conformance list`"
        raise UsageError(f"--clause: {clause[:80]!r} is no clause; {advice}")
    return (
        [
            r
            for r in known.requirements.values()
            if level.upper() in ("", r.level) and wanted in ("", r.clause)
        ],
        [o for o in known.observations.values() if not level and wanted in ("", o.clause)],
    )


def explanation(id_: str) -> str:
    """Return all about one requirement: what it demands, its source, its checks and its defects.

    Raises:
        UsageError: there is no such requirement.
        ConformanceError: a module of checks cannot be imported.
    """
    from conformance.cli import explaining  # noqa: PLC0415 - `list` and `--help` need no check

    known = contract.load()
    wanted = id_.upper()
    if wanted in known.observations:
        text = textwrap.fill(f"{wanted}: {known.observations[wanted].text}", WIDTH)
        return (
            "\n".join([text, "", RECORDED, "", *_rows("checks", explaining.names_of(wanted))])
            + "\n"
        )
    if wanted not in known.requirements:
        near = difflib.get_close_matches(wanted, known.requirements, 3)
        advice = f"did you mean {' or '.join(near)}?" if near else "see `conformance list`"
        raise UsageError(f"{id_!r} is no requirement; {advice}")
    found = explaining.of(wanted)
    row = found.requirement
    parts = [
        *textwrap.wrap(f"{row.id}: {row.text}", WIDTH),
        "",
        f"level   {row.level} ({LEVELS[row.level]})",
        f"source  {row.source} ({SOURCES[row.source]})",
        *textwrap.wrap(f"basis   {row.basis}", WIDTH, subsequent_indent=INDENT),
        f"clause  {found.clause}",
        f"profile {found.profile}",
        *_rows("needs", [*found.needs]),
        *_rows("helps", [*found.helps]),
    ]
    if row.hint:
        parts += textwrap.wrap(f"to fix  {row.hint}", WIDTH, subsequent_indent=INDENT)
    if found.lines:
        parts += ["", "documentation:"]
        parts += [f"  {number:>3}  {line.strip()[: WIDTH - 7]}" for number, line in found.lines]
    parts += [
        "",
        *_rows("checks", [*found.checks]),
        *_rows("defects", [f"{d.id}: {d.sentence}" for d in found.defects]),
    ]
    parts += ["", f"Check this alone: conformance run URL --requirement {row.id}"]
    if found.defects:
        parts += [f"Try a defect: conformance selftest {found.defects[0].id}"]
    return "\n".join(parts) + "\n"


def checks_with_ids() -> Iterator[tuple[str, str]]:
    """Yield every check, like `test_n.py::test_…`, with the id that it is tied to, if any.

    Raises:
        ConformanceError: a module of checks cannot be imported.
    """
    from conformance.cli import explaining  # noqa: PLC0415 - `list` and `--help` need no check

    for check, declared in explaining.checks():
        yield check, declared.id if declared else ""


def declarations() -> Iterator[Declaration]:
    """Yield what every check declares.

    Raises:
        ConformanceError: a module of checks cannot be imported.
    """
    from conformance.cli import explaining  # noqa: PLC0415 - `list` and `--help` need no check

    yield from (declared for _, declared in explaining.checks() if declared)


def _rows(title: str, rows: list[str]) -> list[str]:
    """Return each row on a line of its own, the first one behind the title; ids stay whole."""
    return [
        textwrap.fill(
            row,
            WIDTH,
            initial_indent=INDENT if number else f"{title:<8}",
            subsequent_indent=INDENT + "  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        for number, row in enumerate(rows)
    ]
