"""Chooses the bursts of a plan: requests that are finished in the same moment, and go first.

Requests that merely overlap seldom meet inside a gateway. Those of a burst hold back the end of
their bodies until all have arrived. A burst holds only requests that are sent anyway.
"""

from __future__ import annotations

import itertools
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.http.claims import claimed
from conformance.http.request import MAIN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.http.request import Request

BURSTS = 3


def beside(requests: Iterable[Request], size: int) -> list[Request]:
    """Return the requests to send while the gateway answers a first good request.

    They are a burst, and accepted requests that take the places of its refused ones.
    """
    free = [r for r in requests if _can_meet(r)]
    accepted = [r for r in free if r.expected == "accepted"]
    accepted.sort(key=lambda r: (not r.fields[1:], r.pictures))
    burst = _in_turn(accepted, _refused(free))[:size]
    met = {r.id for r in burst}
    places = sum(r.expected == "refused" for r in burst)
    return [*_burst(burst, 1), *[r for r in accepted if r.id not in met][:places]]


def in_order(requests: Iterable[Request], size: int, ahead: int = 0) -> list[Request]:
    """Return the requests as they are sent: each burst with others behind it, then the rest.

    The slowest requests begin first. One place is left for refusals: they are quick, and checks can
    judge them while the gateway makes pictures.

    Args:
        requests: the plan, or the part of it that is not in flight yet.
        size: how many may be in flight.
        ahead: how many slow requests are in flight already, the first burst among them.
    """
    bursts, rest = _split(list(requests), size, BURSTS, begun=ahead > 0)
    refused = [r for r in rest if r.expected == "refused"]
    slow = [r for r in rest if r.expected != "refused"]
    slow.sort(key=lambda r: (r.expected != "accepted", -r.pictures))
    if ahead:
        more = max(size - ahead - 1, 0)
        return [*slow[:more], *refused, *_between(bursts, deque(slow[more:]), [])]
    return _between(bursts, deque(slow), refused)


def first_of(requests: Iterable[Request], size: int) -> list[Request]:
    """Return requests in the order in which they are given, but for one burst that comes first.

    Before it comes the cheapest of those that ask for more pictures than any gateway may make: it
    needs the room under the cap that they fill.

    Args:
        requests: the plan, the most important first.
        size: how many may be in flight.
    """
    known = list(requests)
    dear = [r for r in known if r.expected == "refused" and r.phase == MAIN and claimed(r) > 1]
    opener = min(dear, key=claimed, default=None)
    bursts, rest = _split([r for r in known if r is not opener], size, 1)
    return [*([opener] if opener else []), *itertools.chain(*bursts), *rest]


def _split(
    known: list[Request], size: int, most: int, *, begun: bool = False
) -> tuple[list[list[Request]], list[Request]]:
    """Return at most `most` bursts, and the rest."""
    chosen = _mixed(known, size, begun=begun) if size > 1 else []
    rows = [chosen[i : i + size] for i in range(0, len(chosen), size)]
    bursts = [_burst(row, i) for i, row in enumerate(rows[: most - begun], 1 + begun)]
    in_bursts = {r.id for burst in bursts for r in burst}
    return bursts, [r for r in known if r.id not in in_bursts]


def _burst(requests: list[Request], number: int) -> list[Request]:
    return [replace(r, burst=f"burst {number}") for r in requests]


def _between(
    bursts: list[list[Request]], slow: deque[Request], refused: list[Request]
) -> list[Request]:
    """Put as many other requests behind a burst as it has refusals.

    The gateway answers refusals at once, and the next burst would take their places. Half of it
    would then wait there until the gateway has drawn the pictures of this burst.
    """
    ordered: list[Request] = []
    for burst in bursts:
        ordered += burst
        free = sum(r.expected == "refused" for r in burst)
        drawn = free - 1 if refused else free
        ordered += [slow.popleft() for _ in range(min(drawn, len(slow)))]
        if free:
            ordered, refused = [*ordered, *refused], []
    return [*ordered, *refused, *slow]


def _mixed(requests: list[Request], size: int, *, begun: bool) -> list[Request]:
    """Return a burst: acceptable requests, then acceptable and faulty ones in turn, one per field."""
    free = [r for r in requests if _can_meet(r)]
    accepted = [r for r in free if r.expected == "accepted" and r.fields[1:]]
    accepted.sort(key=lambda r: r.pictures)
    first = 0 if begun else size
    return [*accepted[:first], *_in_turn(accepted[first:], _refused(free))]


def _refused(requests: Iterable[Request]) -> list[Request]:
    """Return one request for each field that can be faulty."""
    return [*{r.faulty: r for r in requests if r.expected == "refused" and r.faulty}.values()]


def _in_turn(accepted: list[Request], refused: list[Request]) -> list[Request]:
    pairs = itertools.zip_longest(accepted, refused)
    return [r for pair in pairs for r in pair if r is not None]


def _can_meet(request: Request) -> bool:
    bound = request.after or request.connection or request.chunked or request.delivery
    return request.phase == MAIN and request.form is not None and not bound
