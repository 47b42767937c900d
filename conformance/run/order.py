"""The order in which a run sends its plan: the most important first if not all may be sent."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from conformance.http.request import MAIN
from conformance.plan import bursts, priority
from conformance.send.rates.limiter import MOST_PACED_S

if TYPE_CHECKING:
    from conformance.http.request import Request
    from conformance.plan.register import Register
    from conformance.target.options import Limits


def in_order(
    register: Register, limits: Limits, size: int, sent_ahead: dict[str, Request]
) -> list[Request]:
    """Return what is left of the plan in the order of sending; what may go in any order is drawn.

    Args:
        register: the plan, and who reads which request of it.
        limits: the limits of the run.
        size: how many requests may be in flight.
        sent_ahead: what was sent already, by its id.
    """
    known = [r for r in register.plan.requests.values() if r.id not in sent_ahead]
    known = shuffled(known, register.plan.seed)
    most = limits.max_images
    all_fits = limits.per_s is None or len(known) <= limits.per_s * MOST_PACED_S
    if most is None and all_fits:
        drawn = sum(r.expected != "refused" for r in sent_ahead.values())
        return bursts.in_order(known, size, drawn)
    # One burst may take at most a third of the pictures under the cap.
    ranked = priority.in_order(known, register.readers)
    return bursts.first_of(ranked, size if most is None else min(size, most // 3))


def shuffled(requests: list[Request], seed: int) -> list[Request]:
    """Return requests in an order that a seed draws, so that the place of a good one says nothing.

    What must be refused keeps its place: of a gateway that checks nothing, each fault says what is not
    worth asking for behind it. So does what follows another request, shares a connection with others, or
    has a phase of its own.
    """
    free = [r for r in requests if _may_move(r)]
    free.sort(key=lambda r: hashlib.sha256(f"{seed}|{r.id}".encode()).digest())
    turn = iter(free)
    return [next(turn) if _may_move(r) else r for r in requests]


def _may_move(request: Request) -> bool:
    alone = not request.after and not request.connection
    return request.phase == MAIN and alone and request.expected != "refused"
