"""Reads a log as the runners of CI systems do: what in it would they obey?"""

from __future__ import annotations

import re
from typing import NamedTuple

# What .NET's TrimStart takes off a line, and Python's lstrip too.
ESCAPES = (("%0D", "\r"), ("%0A", "\n"))


class Command(NamedTuple):
    name: str
    properties: dict[str, str]
    text: str


def _unescaped(text: str, *more: tuple[str, str]) -> str:
    for escape, meant in (*ESCAPES, *more, ("%25", "%")):
        text = text.replace(escape, meant)
    return text


def by_github(log: str) -> list[Command]:
    """Every workflow command, of the form with colons and of the old one with brackets.

    The runner splits what a process prints at CR, LF and CR LF.
    """
    found = []
    for line in re.split(r"\r\n|\r|\n", log):
        text = line.lstrip()
        if text.startswith("::") and (end := text.find("::", 2)) > 0:
            head, data = text[2:end], text[end + 2 :]
            name, _, rest = head.partition(" ")
            pairs = (p.split("=", 1) for p in rest.split(",") if "=" in p)
            known = {k.strip(): _unescaped(v, ("%3A", ":"), ("%2C", ",")) for k, v in pairs}
            found.append(Command(name, known, _unescaped(data)))
        elif "##[" in line:
            found.append(Command(line[line.index("##[") + 3 :].partition("]")[0], {}, line))
    return found


def sections(log: str) -> list[tuple[str, str]]:
    """Every mark of a section that GitLab takes: start or end, and the name."""
    mark = r"section_(start|end):[0-9]+:([a-zA-Z0-9_.-]+)(?:\[[^\]]*\])?\r\x1b\[0K"
    return re.findall(mark, log)
