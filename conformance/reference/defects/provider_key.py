"""Defects in what answers show of the provider's key, in forms that a reader can decode: PROVIDER-12."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.differences import observed
from conformance.reference.forwarding import PROVIDER_KEY
from conformance.reference.making import finish

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.differences import Patch
    from conformance.reference.values import Answer, Call

CODED = base64.b64encode(f"Bearer {PROVIDER_KEY}".encode()).decode()
OK, BAD = 200, 400


def _in_header(value: str, when: Callable[[int], bool]) -> Patch:
    def step(answer: Answer, _: Call) -> Answer:
        if not when(answer.status):
            return answer
        return replace(answer, headers=(*answer.headers, ("X-Upstream-Authorization", value)))

    return finish(step)


DEFECTS = (
    observed(
        "providers-key-in-successes",
        "A header of every success shows the provider's key in base64.",
        ("PROVIDER-12",),
        _in_header(CODED, lambda status: status == OK),
    ),
    observed(
        "providers-key-in-refusals",
        "A header of every refusal of the gateway's own shows the provider's key in hex.",
        ("PROVIDER-12",),
        _in_header(PROVIDER_KEY.encode().hex(), lambda status: status == BAD),
    ),
)
