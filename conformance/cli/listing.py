"""What `conformance list` and `conformance explain ID` print: projections of the contract."""

from __future__ import annotations

import difflib
import textwrap

from conformance.contract import contract
from conformance.errors import UsageError

WIDTH = 79


def listing() -> str:
    """Return every requirement by clause: id, level, source and sentence."""
    known = contract.load()
    rows: list[str] = []
    for clause, title in known.clauses.items():
        rows += ["", f"{clause}  {title}"]
        for row in (r for r in known.requirements.values() if r.clause == clause):
            first = f"  {row.id:<13}{row.level:<7}{row.source:<9}"
            rows += textwrap.wrap(row.text, WIDTH, initial_indent=first, subsequent_indent=" " * 31)
        for open_matter in (o for o in known.observations.values() if o.clause == clause):
            first = f"  {open_matter.id:<13}{'recorded':<16}"
            rows += textwrap.wrap(
                open_matter.text, WIDTH, initial_indent=first, subsequent_indent=" " * 31
            )
    return "\n".join(rows).lstrip("\n") + "\n"


def explanation(id_: str) -> str:
    """Return all about one requirement: sentence, level, source, documentation, where to fix it.

    Raises:
        UsageError: there is no such requirement.
    """
    known = contract.load()
    wanted = id_.upper()
    if wanted in known.observations:
        text = known.observations[wanted].text
        return f"{wanted}: {text}\n\nRecorded, never judged: the documentation leaves it open.\n"
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
        *textwrap.wrap(f"basis   {row.basis}", WIDTH, subsequent_indent=" " * 8),
        f"clause  {known.clauses[row.clause]}",
    ]
    if row.hint:
        parts += textwrap.wrap(f"to fix  {row.hint}", WIDTH, subsequent_indent=" " * 8)
    if row.lines:
        parts += ["", "documentation:"]
        parts += [
            f"  {number:>3}  {known.documentation[number - 1].strip()[: WIDTH - 7]}"
            for number in row.lines
        ]
    parts += ["", f"Check this alone: conformance run URL --requirement {row.id}"]
    return "\n".join(parts) + "\n"


def _source(source: str) -> str:
    return {
        "stated": "stated (the documentation says it)",
        "shown": "shown (only an example shows it)",
        "inferred": "inferred (from a standard, or from safe operation)",
    }[source]
