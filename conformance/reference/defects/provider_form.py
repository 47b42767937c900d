"""Defects in the form of what is sent to the provider: PROVIDER-4, -6 and -19 to -21."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.differences import observed
from conformance.reference.forwarding import Outgoing, as_written, without_provider
from conformance.reference.making import forwards

if TYPE_CHECKING:
    from conformance.reference.values import Order, Part


def _as_text(part: Part) -> bytes:
    return as_written(replace(part, file_name=None) if part.name == "image" else part)


def _n_as_file(outgoing: Outgoing, _: Order) -> Outgoing:
    named = (replace(p, file_name="n.txt") if p.name == "n" else p for p in outgoing.parts)
    return replace(outgoing, parts=tuple(named))


def _twice(outgoing: Outgoing, _: Order) -> Outgoing:
    texts = tuple(p for p in outgoing.parts if not p.is_file)
    return replace(outgoing, parts=(*outgoing.parts, *texts))


def _with_fallbacks(outgoing: Outgoing, order: Order) -> Outgoing:
    own = tuple(p for p in order.form.parts if p.name.startswith("fallbacks"))
    return replace(outgoing, parts=(*outgoing.parts, *own))


def _all_pictures(outgoing: Outgoing, order: Order) -> Outgoing:
    return replace(outgoing, parts=(*outgoing.parts, *order.form.named("image[]")[1:]))


def _first_call_only(outgoing: Outgoing, order: Order) -> Outgoing:
    model = next(p.content.decode() for p in outgoing.parts if p.name == "model")
    if model == without_provider(order.model):
        return outgoing
    return replace(outgoing, parts=tuple(p for p in outgoing.parts if p.name != "image"))


def _loses_size_and_user(outgoing: Outgoing, order: Order) -> Outgoing:
    model = next(p.content.decode() for p in outgoing.parts if p.name == "model")
    lost = ("size", "user") if model != without_provider(order.model) else ()
    return replace(outgoing, parts=tuple(p for p in outgoing.parts if p.name not in lost))


DEFECTS = (
    observed(
        "fallback-loses-size-and-user",
        "A fallback is asked for a picture of the default size, and for nobody.",
        ("PROVIDER-4", "PROVIDER-6", "SIZE-5"),
        forwards(edit=_loses_size_and_user),
    ),
    observed(
        "picture-without-a-file-name",
        "The picture reaches the provider in a part without a file name.",
        ("PROVIDER-19",),
        forwards(head_of=_as_text),
    ),
    observed(
        "n-sent-as-a-file",
        "n reaches the provider with a file name.",
        ("PROVIDER-19",),
        forwards(edit=_n_as_file),
    ),
    observed(
        "fields-sent-twice",
        "Each text field reaches the provider twice.",
        ("PROVIDER-19",),
        forwards(edit=_twice),
    ),
    observed(
        "fallbacks-sent-on",
        "The fallbacks reach the provider.",
        ("PROVIDER-20",),
        forwards(edit=_with_fallbacks),
    ),
    observed(
        "all-pictures-sent-on",
        "Of several image[] each one reaches the provider.",
        ("PROVIDER-20",),
        forwards(edit=_all_pictures),
    ),
    observed(
        "fallback-without-the-picture",
        "A fallback is called without the picture, which the first call has read.",
        ("PROVIDER-21", "FALLBACKS-3"),
        forwards(edit=_first_call_only),
        causes=2,
    ),
)
