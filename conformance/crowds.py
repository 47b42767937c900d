"""Chooses the requests of a plan that are finished in the same moment, and sends them first.

Requests that merely overlap seldom meet inside a gateway; those of a crowd hold the end of
their bodies back until all are there. No request is sent for it that would not be sent anyway.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.variation import MAIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.exchange import Request

CROWDS = 3


def in_order(requests: Iterable[Request], size: int) -> list[Request]:
    """Return the requests as they are sent: crowds, then what must be accepted, then the rest.

    Args:
        requests: the plan.
        size: how many may be in flight.
    """
    crowded, rest = _split(list(requests), size, CROWDS)
    return [*crowded, *sorted(rest, key=lambda r: r.expected != "accepted")]


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
