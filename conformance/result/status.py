"""What a run may find out about one check, one requirement, and the gateway."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """What a run found out about one check or one requirement."""

    PASS = "pass"  # noqa: S105 - a status, not a password
    FAIL = "fail"
    WARN = "warn"
    UNTESTABLE = "untestable"
    NOT_APPLICABLE = "not-applicable"
    NOT_SELECTED = "not-selected"
    FLAKY = "flaky"
    ERROR = "error"


WORST_FIRST = (
    Status.FAIL,
    Status.ERROR,
    Status.FLAKY,
    Status.UNTESTABLE,
    Status.WARN,
    Status.PASS,
    Status.NOT_APPLICABLE,
    Status.NOT_SELECTED,
)


class Verdict(StrEnum):
    """What a run found out about the gateway."""

    CONFORMANT = "conformant"
    NONCONFORMANT = "nonconformant"
    INCOMPLETE = "incomplete"
    PARTIAL = "partial"
