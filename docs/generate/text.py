"""Writes values into Markdown so that nothing of them is taken for markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ENTITIES = {sign: f"&#{ord(sign)};" for sign in "&<>\\`*_[]{}()|#~^=$!"}


def plain(text: str) -> str:
    """Return a text on one line, as a reader shall see it."""
    return "".join(ENTITIES.get(sign, sign) for sign in " ".join(text.split()))


def code(text: str) -> str:
    """Return a text as code that may stand in a table; empty for an empty one."""
    return f"<code>{plain(text)}</code>" if text.strip() else ""


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """Return the lines of a table, whose cells are Markdown already."""
    titles = [*head]
    return [
        f"| {' | '.join(titles)} |",
        f"|{'---|' * len(titles)}",
        *(f"| {' | '.join(cells)} |" for cells in rows),
    ]
