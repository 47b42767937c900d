"""A gateway that leaves n, size and response_format to its provider: it sends on what it was sent."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.forwarding import Forwarding, Outgoing
    from conformance.reference.values import Order

LEFT = ("n", "size", "response_format")
ANY = 10**9


def leaves_fields_to_the_provider(b: Behaviour) -> Behaviour:
    """Check none of these fields, and send each on as it came."""
    return replace(
        b,
        read_n=lambda text: int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 1,
        n_min=-ANY,
        n_max=ANY,
        accepts_size=lambda _: True,
        accepts_format=lambda _: True,
        forwarding=replace(b.forwarding, edit=_as_it_came(b.forwarding)),
    )


def _as_it_came(how: Forwarding) -> Callable[[Outgoing, Order], Outgoing]:
    def edit(outgoing: Outgoing, order: Order) -> Outgoing:
        parts = (
            replace(part, content=order.form.last(part.name) or b"") if part.name in LEFT else part
            for part in outgoing.parts
        )
        return how.edit(replace(outgoing, parts=tuple(parts)), order)

    return edit
