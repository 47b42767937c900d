"""Defects in how many pictures fit into one answer of the provider: N."""

from __future__ import annotations

from conformance.reference.differences import observed
from conformance.reference.forwarding import Heard
from conformance.reference.making import forwards

LIMIT = 2 * 1024 * 1024


def _bounded(heard: Heard) -> Heard:
    return heard if len(heard.body) <= LIMIT else Heard(None, problem="too large")


DEFECTS = (
    observed(
        "large-answers-lost",
        "An answer of the provider with more than two megabytes is taken for none.",
        ("N-1",),
        forwards(on_heard=_bounded),
    ),
)
