"""Defects in how user is read: USER."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.differences import Defect
from conformance.reference.making import crash, crash_on_text
from conformance.reference.reading import CONTROL
from conformance.reference.values import refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.differences import Patch

USER_LIMIT = 64
COLUMN = 4096


def _reads_user(refused: Callable[[str], bool]) -> Patch:
    def patch_user(user: str) -> str:
        if refused(user):
            raise refuse("user is not allowed", "user")
        return user

    return lambda b: replace(b, read_user=lambda user: patch_user(b.read_user(user)))


DEFECTS = (
    Defect(
        "user-ascii-only",
        "A user that is not ASCII is refused.",
        ("USER-1",),
        _reads_user(lambda user: not user.isascii()),
    ),
    Defect(
        "user-64-refused",
        "A user of 64 characters is refused: the limit is off by one.",
        ("USER-1",),
        _reads_user(lambda user: len(user) == USER_LIMIT),
    ),
    Defect(
        "user-one-character-refused",
        "A user of one character is refused.",
        ("USER-1",),
        _reads_user(lambda user: len(user) == 1),
    ),
    Defect(
        "user-long-500",
        "A user of more than 64 characters ends in a 500.",
        ("USER-2",),
        crash_on_text("user", lambda user: len(user) > USER_LIMIT),
    ),
    Defect(
        "user-column-500",
        "A user of more than 4,096 characters ends in a 500 once it is stored.",
        ("USER-2",),
        lambda b: replace(b, read_user=lambda user: crash() if len(user) > COLUMN else user),
    ),
    Defect(
        "user-control-500",
        "A control character in user ends in a 500.",
        ("USER-2",),
        crash_on_text("user", lambda user: CONTROL.search(user) is not None),
    ),
)
