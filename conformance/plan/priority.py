"""Chooses the order in which requests are sent where not all of them can be paid for.

What should be refused costs nothing and comes first; then what a MUST rests on before what only a
SHOULD does, and the cheapest of each; of equal ones, what most checks rest on.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from conformance.contract import contract

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.http.request import Request


def in_order(requests: Iterable[Request], readers: Mapping[str, Iterable[str]]) -> list[Request]:
    """Return requests, the most important first.

    Args:
        requests: the plan.
        readers: the requirements whose checks read a request, by its id.
    """
    known = list(requests)
    rests_on: dict[str, set[str]] = {r.id: {*readers.get(r.id, ())} for r in known}
    uses = Counter({id_: len(rests) for id_, rests in rests_on.items()})
    for request in known:
        if request.control in rests_on:
            rests_on[request.control] |= rests_on[request.id]
            uses[request.control] += 1
    requirements = contract.load().requirements

    def rank(request: Request) -> tuple[bool, bool, int, bool, int]:
        levels = {requirements[i].level for i in rests_on[request.id] if i in requirements}
        return (
            request.expected != "refused",
            "MUST" not in levels,
            request.pictures,
            request.expected != "accepted",
            -uses[request.id],
        )

    return sorted(known, key=rank)
