"""Orders requests by importance, for a run whose `--max-images` may not pay for all of them.

Requests that must be refused cost nothing and come first. Then come those that the check of a MUST
reads, and then those that only checks of a SHOULD read; the cheapest of each come first. Of equal
requests, the one that most checks read comes first.
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
