"""Turns the end of a check into a status and a message."""

from __future__ import annotations

import traceback
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conformance.contract import contract
from conformance.errors import BrokenRunError
from conformance.judging.ends import Failed, Flaky, NotApplicable, Untestable
from conformance.result.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


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

    @property
    def stopped(self) -> str:
        """What ended the checks before they were through, as evidence says it; usually nothing."""
        return "interrupted" if self.interrupted else "broke off" if self.failures else ""


# A message quotes answers in excerpts. What is longer has quoted one by mistake, and no reader is helped.
LONGEST_MESSAGE = 20_000
ENDS: dict[type[BaseException], Status] = {
    Untestable: Status.UNTESTABLE,
    NotApplicable: Status.NOT_APPLICABLE,
    Flaky: Status.FLAKY,
}


def outcomes_of(
    node: str,
    tied_to: str,
    raised: BaseException | None,
    *,
    read: Sequence[str] = (),
    noted: Sequence[str] = (),
    duration_s: float = 0.0,
) -> Iterable[Outcome]:
    """Yield the outcomes of a check that ended: one, and one more for each further failure it found.

    A counterexample names the requirement that its smallest form breaks, and a check may find that
    several are broken.

    Args:
        node: the name of the check's node.
        tied_to: the id of its requirement or observation.
        raised: what it raised, or None.
        read: the ids of the exchanges that it read.
        noted: what it observed.
        duration_s: how long it took.
    """
    for one in (raised, *(raised.others if isinstance(raised, Failed) else ())):
        shown, charged = tuple(read), tied_to
        if isinstance(one, Failed):
            shown, charged = one.exchanges or shown, one.requirement or tied_to
        status, message = status_of(one, charged)
        yield Outcome(
            node=node,
            tied_to=charged,
            status=status,
            message=readable("\n".join([*noted, message]).strip()),
            exchanges=tuple(dict.fromkeys(shown)),
            duration_s=duration_s,
        )


def readable(message: str) -> str:
    """Return a message as every file can hold it: of bounded length, and without lone surrogates.

    JSON may hold half of a character (RFC 8259 §8.2), which no UTF-8 can; it is shown as an escape.
    """
    if len(message) > LONGEST_MESSAGE:
        more = len(message) - LONGEST_MESSAGE
        message = f"{message[:LONGEST_MESSAGE]}… ({more:,} more characters)"
    return message.encode("utf-8", "backslashreplace").decode("utf-8")


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
