"""Defects of a gateway whose first good requests are lost, one after the other: ROBUST-4."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.differences import Defect
from conformance.reference.values import refuse

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour
    from conformance.reference.differences import Patch
    from conformance.reference.values import Answer, Order


def _lost(count: int) -> Patch:
    """Answer the first good requests with 502, as if the pool of connections had gone stale."""

    def patch(b: Behaviour) -> Behaviour:
        left = count

        def check(order: Order) -> Order:
            nonlocal left
            order = b.on_order(order)
            if left:
                left -= 1
                raise refuse("the provider closed the connection", status=502, code="no_answer")
            return order

        return replace(b, on_order=check)

    return patch


def _dropped(count: int) -> Patch:
    """Drop the connection of the first good requests, without an answer."""

    def patch(b: Behaviour) -> Behaviour:
        left = count

        def good(answer: Answer, order: Order) -> Answer:
            nonlocal left
            answer = b.on_success(answer, order)
            if left:
                left -= 1
                return replace(answer, dropped=True)
            return answer

        return replace(b, on_success=good)

    return patch


DEFECTS = (
    Defect(
        "first-good-request-lost",
        "The first good request is answered with 502.",
        ("ROBUST-4",),
        _lost(1),
    ),
    Defect(
        "first-good-requests-lost",
        "The first four good requests are answered with 502: the connections to the provider were stale.",
        ("ROBUST-4",),
        _lost(4),
    ),
    Defect(
        "first-good-requests-dropped",
        "The first three good requests get no answer.",
        ("ROBUST-4",),
        _dropped(3),
    ),
)
