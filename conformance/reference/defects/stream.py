"""Defects in how requests for a stream are answered: STREAM."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.differences import Defect
from conformance.reference.making import on_success, shown

if TYPE_CHECKING:
    from conformance.reference.values import Answer, Order


def _as_events(answer: Answer) -> Answer:
    events = b"event: image\ndata: " + answer.body + b"\n\ndata: [DONE]\n\n"
    return replace(answer, headers=(("Content-Type", "text/event-stream"),), body=events)


def _wants_events(order: Order) -> bool:
    return "text/event-stream" in (order.call.header("accept") or "")


DEFECTS = (
    Defect(
        "stream-true-streams",
        "stream=true is answered with an event stream.",
        ("STREAM-1",),
        on_success(lambda a, o: _as_events(a) if shown(o.form, "stream") == "true" else a),
    ),
    Defect(
        "accept-streams",
        "Accept: text/event-stream is answered with an event stream.",
        ("STREAM-2",),
        on_success(lambda a, o: _as_events(a) if _wants_events(o) else a),
    ),
)
