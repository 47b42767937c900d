"""Turns the end of a check into a status and a message."""

from __future__ import annotations

import traceback
from concurrent.futures import CancelledError
from dataclasses import dataclass, field

from conformance.contract import contract
from conformance.errors import BrokenRunError
from conformance.judge.ends import Flaky, NotApplicable, Untestable
from conformance.result.model import Status


@dataclass(frozen=True)
class Outcome:
    """The outcome of one pytest node: its status, its message and the exchanges that it read."""

    node: str
    tied_to: str
    status: Status
    message: str
    exchanges: tuple[str, ...]
    duration_s: float


@dataclass
class Outcomes:
    """The outcomes of a run's nodes, in their order.

    `broken` holds the errors of check modules that pytest could not import; `unmatched` holds each
    text of `--check` that is in no check's name. `failures` are what kept the suite from judging on.
    """

    outcomes: list[Outcome] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    unmatched: tuple[str, ...] = ()
    interrupted: bool = False
    failures: list[BaseException] = field(default_factory=list)


ENDS: dict[type[BaseException], Status] = {
    Untestable: Status.UNTESTABLE,
    NotApplicable: Status.NOT_APPLICABLE,
    Flaky: Status.FLAKY,
}


def status_of(raised: BaseException | None, tied_to: str) -> tuple[Status, str]:
    """Return the status and the message of a check that ended like this.

    Args:
        raised: what the check raised, or None.
        tied_to: the id of the requirement or of the open matter.
    """
    match raised:
        case None:
            return Status.PASS, ""
        case AssertionError():
            requirement = contract.load().requirements.get(tied_to)
            must = requirement is not None and requirement.level == "MUST"
            return (Status.FAIL if must else Status.WARN), str(raised)
        case Untestable() | NotApplicable() | Flaky():
            return ENDS[type(raised)], str(raised)
        case BrokenRunError():
            return Status.UNTESTABLE, f"the run broke off: {raised}"
        case CancelledError():
            return Status.UNTESTABLE, "the run was stopped before its answer came"
        case _:
            where = traceback.format_exception(raised)[-6:]
            return Status.ERROR, "the suite itself broke here:\n" + "".join(where)


def shows_as_skipped(status: Status) -> bool:
    """Return whether plain pytest shows the check as skipped rather than failed."""
    return status in (Status.UNTESTABLE, Status.NOT_APPLICABLE)
