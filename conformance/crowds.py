"""Chooses the requests of a plan that are finished in the same moment, and sends them first.

Requests that merely overlap seldom meet inside a gateway; those of a crowd hold the end of
their bodies back until all are there. No request is sent for it that would not be sent anyway.
"""

from __future__ import annotations

import itertools
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.variation import MAIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.exchange import Request

CROWDS = 3
LONGEST_FIRST = ("accepted", "either", "refused")


def in_order(requests: Iterable[Request], size: int) -> list[Request]:
    """Return the requests as they are sent: crowds, then what must be accepted, then the rest.

    Args:
        requests: the plan.
        size: how many may be in flight.
    """
    crowded, rest = _split(list(requests), size, CROWDS)
    # What takes longest is begun first; refusals are quick, and fill the places at the end.
    rest.sort(key=lambda r: (LONGEST_FIRST.index(r.expected), -r.pictures))
    return _between(crowded, rest, size)


def first_of(requests: Iterable[Request], size: int) -> list[Request]:
    """Return requests in the order in which they are given, but for one crowd that comes first.

    Args:
        requests: the plan, the most important first.
        size: how many may be in flight.
    """
    crowded, rest = _split(list(requests), size, 1)
    return [*crowded, *rest]


def _split(known: list[Request], size: int, most: int) -> tuple[list[Request], list[Request]]:
    """Return the members of at most so many crowds, and the rest."""
    chosen = list(itertools.islice(_mixed(known, size), most * size)) if size > 1 else []
    crowded = {r.id: replace(r, crowd=f"crowd {i // size + 1}") for i, r in enumerate(chosen)}
    return list(crowded.values()), [r for r in known if r.id not in crowded]


def _between(crowded: list[Request], rest: list[Request], size: int) -> list[Request]:
    """Put so many others behind a crowd as it has refusals.

    These are answered at once; without others in their places half of the next crowd would wait
    there for the other half, which cannot come in before the pictures of this one are drawn.
    """
    ordered: list[Request] = []
    left = deque(rest)
    for start in range(0, len(crowded), size):
        crowd = crowded[start : start + size]
        ordered += crowd
        quick = sum(r.expected == "refused" for r in crowd)
        drawn = min(quick, sum(r.expected == "accepted" for r in itertools.islice(left, quick)))
        ordered += [left.popleft() for _ in range(drawn)]
    return [*ordered, *left]


def _mixed(requests: list[Request], size: int) -> Iterator[Request]:
    """Yield a crowd of what must be accepted, then such and refusals in turn, each for its field."""
    free = [r for r in requests if _can_meet(r)]
    accepted = [r for r in free if r.expected == "accepted" and r.fields[1:]]
    accepted.sort(key=lambda r: r.pictures)
    refused = list({r.faulty: r for r in free if r.expected == "refused" and r.faulty}.values())
    yield from accepted[:size]
    for pair in itertools.zip_longest(accepted[size:], refused):
        yield from (r for r in pair if r is not None)


def _can_meet(request: Request) -> bool:
    bound = request.after or request.connection or request.chunked or request.delivery
    return request.phase == MAIN and request.form is not None and not bound
