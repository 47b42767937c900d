"""Defects in what a fallback is asked for, and after which failures it is: FALLBACKS-9 to -11."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.differences import observed
from conformance.reference.forwarding import Outgoing, without_provider
from conformance.reference.making import forwards

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.differences import Patch
    from conformance.reference.values import Fault, Order


def _loses(*names: str) -> Patch:
    """Leave fields out of the call of a fallback."""

    def edit(outgoing: Outgoing, order: Order) -> Outgoing:
        model = next(p.content.decode() for p in outgoing.parts if p.name == "model")
        if model == without_provider(order.model):
            return outgoing
        return replace(outgoing, parts=tuple(p for p in outgoing.parts if p.name not in names))

    return forwards(edit=edit)


def _gives_up(when: Callable[[Fault], bool]) -> Patch:
    return lambda b: replace(b, tries_next=lambda fault: not when(fault))


DEFECTS = (
    observed(
        "fallback-loses-n-and-format",
        "A fallback is asked for one picture, by url.",
        ("FALLBACKS-9", "FORMAT-4", "PROVIDER-3", "PROVIDER-5"),
        _loses("n", "response_format"),
    ),
    observed(
        "no-fallback-after-a-drop",
        "After a connection that broke no fallback is asked.",
        ("FALLBACKS-10",),
        _gives_up(lambda fault: fault.code == "no_answer"),
    ),
    observed(
        "no-fallback-after-an-empty-success",
        "After a success without pictures no fallback is asked.",
        ("FALLBACKS-10",),
        _gives_up(lambda fault: fault.message == "the provider answered 200"),
    ),
    observed(
        "no-fallback-after-429",
        "After a 429 no fallback is asked.",
        ("FALLBACKS-11",),
        _gives_up(lambda fault: fault.status == 429),  # noqa: PLR2004 - RFC 6585 §4
    ),
)
