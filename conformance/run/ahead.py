"""Sends good requests beside the preflight's first one, while that is being answered.

Drawing the property cases takes longer than everything else before the plan is sent, and a picture
takes a gateway seconds: without this, those would add up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.cases.spec import PLAIN
from conformance.plan import bursts
from conformance.plan.plan import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.cases.spec import Spec
    from conformance.http.exchange import Request
    from conformance.plan.plan import Plan
    from conformance.send.sender import Sender


def send_beside_the_first(plan: Plan, sender: Sender, specs: Iterable[Spec]) -> dict[str, Request]:
    """Fill the places beside the first request with these, and return what was sent, by id.

    Should there be no gateway, or no way into it, they cost as little as that one. What is taken
    apart when it is refused is not among them: that would be many requests more.
    """
    first = plan.bind(PLAIN)
    if isinstance(first, Unavailable) or sender.has_arrived(first.id):
        return {}
    bound = (plan.bind(spec) for spec in specs if spec.otherwise is None)
    whole = {r.id: r for r in bound if not isinstance(r, Unavailable) and r != first}
    beside = bursts.beside(whole.values(), sender.at_once - 1)
    sender.start(beside, ahead=True)
    return {r.id: r for r in beside}
