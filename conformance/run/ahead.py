"""Sends good requests beside the preflight's first one, while the gateway answers that one.

The suite needs long to draw the property cases, and a gateway needs seconds for a picture. Sent
ahead, the pictures are made while the cases are drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.cases.spec import PLAIN
from conformance.plan import bursts
from conformance.plan.plan import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.cases.spec import Spec
    from conformance.http.request import Request
    from conformance.plan.plan import Plan
    from conformance.send.sending import Sending


def send_beside_the_first(plan: Plan, sender: Sending, specs: Iterable[Spec]) -> dict[str, Request]:
    """Start as many of these requests beside the first one as may be in flight; return them by id.

    If there is no gateway, or it refuses the credential, they cost no more than the first one. A
    spec with `otherwise` is left out: its parts would be many more requests if it is refused.
    """
    first = plan.bind(PLAIN)
    if isinstance(first, Unavailable) or sender.has_arrived(first.id):
        return {}
    bound = (plan.bind(spec) for spec in specs if spec.otherwise is None)
    whole = {r.id: r for r in bound if not isinstance(r, Unavailable) and r != first}
    beside = bursts.beside(whole.values(), sender.at_once - 1)
    sender.start(beside, ahead=True)
    return {r.id: r for r in beside}
