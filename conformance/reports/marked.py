"""Writes foreign text into Markdown so that a reader of it shows just this text.

Texts of gateways and of operators are written so that none is taken for a mark, a tag, a link, a
picture, a mention or a command, by GitHub, by GitLab or by others.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.reports.text import clip, one_line, visible

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_BLOCK = 4_000
# What marks something wherever it stands, what begins an address, and what marks only a beginning.
_MARK = re.compile(r"[\\`*_\[\]<>#|~&@$!]|:(?=//)|(?<=www)\.|^[-+=/]|^\d(?=\d*[.)])")
_TICKS = re.compile("`+")


def text(value: str, limit: int = 300) -> str:
    """Return one line of foreign text as Markdown that shows just this text."""
    return _MARK.sub(_as_itself, one_line(visible(value), limit))


def _as_itself(mark: re.Match[str]) -> str:
    # Only an empty comment keeps GitHub from reading a name behind an @, or a number behind a #.
    end = "<!-- -->" if mark.group() in "@#:." else ""
    return f"&#{ord(mark.group())};{end}"


def block(value: str, language: str = "", limit: int = LONGEST_BLOCK) -> str:
    """Return foreign text as a fenced block; nothing that the text holds ends the fence."""
    shown = visible(clip(value, limit)).strip("\n")
    longest = max(map(len, _TICKS.findall(shown)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{shown}\n{fence}"


def bounded(parts: Iterable[str], longest: int, left_out: str) -> str:
    """Put parts together as far as they fit into a number of bytes; none is cut in the middle."""
    whole: list[str] = []
    used = 0
    for part in filter(None, parts):
        used += len(part.encode("utf-8", "backslashreplace")) + 2
        if used > longest:
            return "\n\n".join([*whole, left_out]) + "\n"
        whole.append(part)
    return "\n\n".join(whole) + "\n"
