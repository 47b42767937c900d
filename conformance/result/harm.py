"""What a failure does to those who use a gateway: the classes, the gravest first."""

from __future__ import annotations

from enum import StrEnum


class Harm(StrEnum):
    """What a failure does to users, the gravest first.

    A finding has the gravest of its failures. `findings.harm` says which that is.
    """

    OPEN_DOOR = "open-door"
    LEAK = "leak"
    CRASH = "crash"
    SILENT = "silent"
    WRONG_ANSWER = "wrong-answer"
    WRONG_REFUSAL = "wrong-refusal"
    ERROR_SHAPE = "error-shape"
    ADVICE = "advice"


GRAVEST_FIRST = tuple(Harm)
