"""The page of each requirement and open matter, and the index of all of them by clause."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from text import code, plain, table

from conformance.cli import explaining
from conformance.cli.listing import LEVELS, RECORDED, SOURCES
from conformance.contract import contract, sets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.cli.explaining import Explanation

FOLDER = "requirements"
INDEX = f"{FOLDER}/index.md"
PROFILES = {
    "smoke": "`smoke` and all larger ones",
    "core": "`core`, the default, and `full`",
    "full": "`full` only",
}


def path_of(id_: str) -> str:
    """Return where the page of a requirement lies; its address is `requirements/N-2/`, and stays so."""
    return f"{FOLDER}/{id_}.md"


def pages() -> Iterator[tuple[str, str]]:
    """Yield the path and the Markdown of each page."""
    known = contract.load()
    yield INDEX, index()
    for id_ in known.requirements:
        yield path_of(id_), page(explaining.of(id_))
    for id_ in known.observations:
        yield path_of(id_), open_page(id_)


def navigation() -> list[dict[str, object]]:
    """Return the part of the navigation that leads to these pages, by clause."""
    known = contract.load()
    ids = [*known.requirements, *known.observations]
    clauses: list[dict[str, object]] = [
        {clause: [{id_: path_of(id_)} for id_ in ids if id_.partition("-")[0] == clause]}
        for clause in known.clauses
    ]
    return [{"By clause": INDEX}, *clauses]


def index() -> str:
    """Return the page with every requirement, by clause."""
    known = contract.load()
    musts = sum(row.level == "MUST" for row in known.requirements.values())
    lines = [
        "# Requirements",
        "",
        (
            f"Version {known.version} of the contract has {len(known.requirements)} requirements:"
            f" {musts} MUST and {len(known.requirements) - musts} SHOULD. A MUST that fails makes a gateway"
            " nonconformant. A SHOULD that fails is a warning."
        ),
        "",
        (
            f"It also has {len(known.observations)} open matters, whose ids have an O. The documentation"
            " leaves them open, so a run records them and never judges them."
        ),
        "",
        "The contract itself is [an OpenAPI document](../openapi/image-variations.yaml).",
    ]
    for clause, title in known.clauses.items():
        lines += ["", f"## {clause}: {plain(title)} {{ #{clause.lower()} }}", ""]
        rows = [
            [f"[{row.id}]({row.id}.md)", row.level, row.source, plain(row.text)]
            for row in known.requirements.values()
            if row.clause == clause
        ]
        rows += [
            [f"[{row.id}]({row.id}.md)", "recorded", "", plain(row.text)]
            for row in known.observations.values()
            if row.clause == clause
        ]
        lines += table(("id", "level", "source", "what a gateway does"), rows)
    return "\n".join(lines) + "\n"


def page(found: Explanation) -> str:
    """Return the page of one requirement."""
    row = found.requirement
    facts = [
        ("Level", f"{row.level}: {LEVELS[row.level]}"),
        ("Source", f"{row.source}: {SOURCES[row.source]}"),
        ("Basis", plain(row.basis)),
        ("Clause", f"[{row.clause}: {plain(found.clause)}](index.md#{row.clause.lower()})"),
        ("About", plain(row.subject)),
        ("Profile", PROFILES[found.profile]),
        ("Contract", f"since {_since(row.id)}"),
    ]
    lines = [*_head(row.id, row.text), *(f"- **{name}**: {value}" for name, value in facts)]
    if found.lines:
        lines += ["", "## What the documentation says", ""]
        lines += table(
            ("line", "text"),
            (
                [f"[{number}](../documentation.md#line-{number})", code(line)]
                for number, line in found.lines
            ),
        )
    if found.needs or found.helps:
        lines += [
            "",
            "## What you must supply" if found.needs else "## What lets more of it be judged",
            "",
        ]
        lines += [
            "Without it, this requirement is *not applicable*, and the report says:"
            if found.needs
            else "Without it, some of the checks are *not applicable*, and the report says:",
            "",
            *(f"- {_linked(why)}" for why in (*found.needs, *found.helps)),
        ]
    if row.hint:
        lines += ["", "## How to fix it", "", plain(row.hint)]
    lines += ["", "## Checks that judge it", "", *(f"- {code(check)}" for check in found.checks)]
    lines += ["", "## Defects that break it", ""]
    lines += [
        "The reference gateway can have each of them. A run must then blame this requirement.",
        "",
    ]
    lines += [f"- {code(one.id)}: {plain(one.sentence)}" for one in found.defects]
    lines += ["", "## Try it", "", "```sh"]
    lines += [f"conformance run URL --requirement {row.id}      # judge your gateway by it alone"]
    lines += [f"conformance explain {row.id}                    # this page, in the terminal"]
    lines += [f"conformance selftest {found.defects[0].id}"] if found.defects else []
    return "\n".join([*lines, "```"]) + "\n"


def open_page(id_: str) -> str:
    """Return the page of one open matter."""
    row = contract.load().observations[id_]
    clause = f"[{row.clause}: {plain(contract.load().clauses[row.clause])}](index.md#{row.clause.lower()})"
    lines = [
        *_head(id_, row.text),
        RECORDED,
        "",
        f"Clause {clause}.",
        "",
        "## Checks that record it",
        "",
    ]
    return "\n".join([*lines, *(f"- {code(check)}" for check in explaining.names_of(id_))]) + "\n"


def _head(id_: str, text: str) -> list[str]:
    return [f"# {id_}", "", plain(text), "{ .lead }", ""]


def _linked(message: str) -> str:
    """Return a message of a report, whose paths of pages lead to them."""
    return re.sub(r"docs/([\w-]+\.md)", r"[\1](../\1)", plain(message))


def _since(id_: str) -> str:
    """Return the oldest version of the contract that has a requirement."""
    where = sets.folder()
    for version in sets.versions(where):
        if id_ in sets.read(version, where).demands:
            return version
    return sets.own().version
