"""Prints the contract for `conformance list` and `conformance explain ID`.

`explain` also names the checks that judge a requirement and the defects that break it. It imports
both inside its functions, so that `list` and `--help` answer at once.
"""

from __future__ import annotations

import dataclasses
import difflib
import importlib
import json
import pkgutil
import textwrap
from typing import TYPE_CHECKING

from conformance.contract import contract
from conformance.errors import ConformanceError, UsageError
from conformance.judging.declare import declaration_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.contract.contract import OpenMatter, Requirement
    from conformance.judging.declare import Declaration
    from conformance.reference.differences import Defect

WIDTH = 79
INDENT = " " * 8


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
    known = contract.load()
    wanted = id_.upper()
    if wanted in known.observations:
        text = textwrap.fill(f"{wanted}: {known.observations[wanted].text}", WIDTH)
        means = "Recorded, never judged: the documentation leaves it open."
        return "\n".join([text, "", means, "", *_checks_of(wanted)]) + "\n"
    if wanted not in known.requirements:
        near = difflib.get_close_matches(wanted, known.requirements, 3)
        advice = f"did you mean {' or '.join(near)}?" if near else "see `conformance list`"
        raise UsageError(f"{id_!r} is no requirement; {advice}")
    row = known.requirements[wanted]
    means = "fails the gateway" if row.level == "MUST" else "is a warning"
    parts = [
        *textwrap.wrap(f"{row.id}: {row.text}", WIDTH),
        "",
        f"level   {row.level} (breaking it {means})",
        f"source  {_source(row.source)}",
        *textwrap.wrap(f"basis   {row.basis}", WIDTH, subsequent_indent=INDENT),
        f"clause  {known.clauses[row.clause]}",
    ]
    if row.hint:
        parts += textwrap.wrap(f"to fix  {row.hint}", WIDTH, subsequent_indent=INDENT)
    if row.lines:
        parts += ["", "documentation:"]
        parts += [
            f"  {number:>3}  {known.documentation[number - 1].strip()[: WIDTH - 7]}"
            for number in row.lines
        ]
    defects = _defects_that_break(wanted)
    parts += [
        "",
        *_checks_of(wanted),
        *_rows("defects", [f"{d.id}: {d.sentence}" for d in defects]),
    ]
    parts += ["", f"Check this alone: conformance run URL --requirement {row.id}"]
    if defects:
        parts += [f"Try a defect: conformance selftest {defects[0].id}"]
    return "\n".join(parts) + "\n"


def checks_with_ids() -> Iterator[tuple[str, str]]:
    """Yield every check, like `test_n.py::test_…`, with the id that it is tied to, if any.

    Raises:
        ConformanceError: a module of checks cannot be imported.
    """
    for check, declared in _checks():
        yield check, declared.id if declared else ""


def declarations() -> Iterator[Declaration]:
    """Yield what every check declares.

    Raises:
        ConformanceError: a module of checks cannot be imported.
    """
    yield from (declared for _, declared in _checks() if declared)


def _checks() -> Iterator[tuple[str, Declaration | None]]:
    from conformance import checks  # noqa: PLC0415 - `list` and `--help` need no check

    for name in sorted(found.name for found in pkgutil.iter_modules(checks.__path__)):
        if not name.startswith("test_"):
            continue
        try:
            module = importlib.import_module(f"{checks.__name__}.{name}")
        except Exception as error:
            why = error.args[0] if error.args else type(error).__name__
            raise ConformanceError(f"conformance/checks/{name}.py: {why}") from error
        for check, function in vars(module).items():
            if check.startswith("test_"):
                yield f"{name}.py::{check}", declaration_of(function)


def _checks_of(id_: str) -> list[str]:
    return _rows("checks", [node for node, tied_to in checks_with_ids() if tied_to == id_])


def _defects_that_break(requirement: str) -> list[Defect]:
    from conformance.reference import catalogue  # noqa: PLC0415 - `list` and `--help` need no defect

    return [one for one in catalogue.DEFECTS if requirement in one.breaks]


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


def _source(source: str) -> str:
    return {
        "stated": "stated (the documentation says it)",
        "shown": "shown (only an example shows it)",
        "inferred": "inferred (from a standard, or from safe operation)",
    }[source]
