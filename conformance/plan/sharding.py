"""Splits the checks of a run over several jobs: which of them each job judges.

Checks that read the same requests stay together, so that one job sends each request. Many checks
read the accepted controls of faults and the plain request of the preflight: each job that needs one
sends it. Property cases of one subject stay together, too: a counterexample is made smaller with
the help of the other cases. Some checks look at every answer, or at requests that come after all
others. Each job judges these over its own part, and `result.merge` takes the worst status.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.errors import UsageError
from conformance.http.request import LAST

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.http.request import Request

# What a picture weighs beside a request, when the jobs are made equally long.
PICTURE = 5


@dataclass(frozen=True)
class Node:
    """A check of a run: its name, the requests that it reads, and the checks that it stays with."""

    name: str
    requests: tuple[Request, ...] = ()
    together: str = ""
    whole: bool = False

    @property
    def everywhere(self) -> bool:
        """Whether each job judges it: it looks at every answer, or comes after all the others."""
        after_all = any(r.phase == LAST and r.expected == "accepted" for r in self.requests)
        return self.whole or after_all


def parsed(text: str) -> tuple[int, int]:
    """Return I and N of a shard that is written `I/N`.

    Raises:
        UsageError: the text is no such shard.
    """
    found = re.fullmatch(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})", text)
    if found is None or int(found[1]) > int(found[2]):
        raise UsageError(f"--shard: {text!r} is no I/N with 1 <= I <= N, like 2/3")
    return int(found[1]), int(found[2])


def chosen(nodes: Iterable[Node], shard: str, shared: str = "") -> frozenset[str]:
    """Return the names of the checks of one shard.

    Args:
        nodes: every check of the run.
        shard: I/N.
        shared: the id of a request that every shard sends, whatever it judges.
    """
    number, count = parsed(shard)
    known = list(nodes)
    controls = {r.control for node in known for r in node.requests} | {shared}
    groups = _grouped([n for n in known if not n.everywhere], controls)
    loads = [0] * count
    found = {node.name for node in known if node.everywhere}
    for group in sorted(groups, key=lambda g: (-_weight(g), g[0].name)):
        lightest = loads.index(min(loads))
        loads[lightest] += _weight(group)
        if lightest == number - 1:
            found |= {node.name for node in group}
    return frozenset(found)


def _grouped(nodes: list[Node], controls: set[str | None]) -> list[list[Node]]:
    """Return the nodes in groups of those that share a request, or that stay together."""
    leader: dict[str, str] = {}

    def of(key: str) -> str:
        while leader.setdefault(key, key) != key:
            key = leader[key]
        return key

    for node in nodes:
        own = of(f"node {node.name}")
        keys = [r.id for r in node.requests if r.id not in controls]
        for key in (*keys, *([f"together {node.together}"] if node.together else [])):
            leader[of(key)] = own
    groups: dict[str, list[Node]] = {}
    for node in nodes:
        groups.setdefault(of(f"node {node.name}"), []).append(node)
    return list(groups.values())


def _weight(group: list[Node]) -> int:
    requests = {r.id: r for node in group for r in node.requests}
    return sum(1 + PICTURE * r.pictures for r in requests.values())
