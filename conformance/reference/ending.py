"""Ends the gateway's process because of what it was asked, with or without a supervisor."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.making import finish

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

    from conformance.reference.differences import Patch
    from conformance.reference.values import Answer, Call

# A supervisor starts a process again after about so long.
BACK_S = 1.0


def asked(pattern: re.Pattern[bytes]) -> Callable[[Answer, Call], bool]:
    """Return what is true of a call whose body holds the pattern."""
    return lambda _answer, call: pattern.search(call.body) is not None


def ends_process(
    when: Callable[[Answer, Call], bool],
    *,
    after_s: float = 0.01,
    back_s: float | None = BACK_S,
) -> Patch:
    """End the process so long after an answer, where `when` is true of it.

    Without `back_s`, nobody starts it again.
    """

    def step(answer: Answer, call: Call) -> Answer:
        return replace(answer, ends_in_s=after_s) if when(answer, call) else answer

    return lambda b: replace(finish(step)(b), back_after_s=back_s)
