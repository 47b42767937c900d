"""The failures of a run, each with the exchanges that show it and what they have in common."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.result.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.result.exchange_summary import ExchangeSummary
    from conformance.result.model import Check, RequirementResult, Result

SERVER_ERROR = 500
FAILED = (Status.FAIL, Status.FLAKY, Status.WARN)
_NAMED = re.compile(r"\[([0-9a-f]{12})\]")
# A check that reads one answer says what it expected of it; others list what they found in many.
_EXPECTED = re.compile(
    r"^(?:[^\n]*\[[0-9a-f]{12}\]: )?expected (.*?)(?:\ngot |, got )(.*)", re.DOTALL
)
# The status of the answer that a check was not content with, where it read several.
_STATUS = re.compile(r"(?:^|, )got (\d{3})\b", re.MULTILINE)
_LISTED = re.compile(r"^[^\n]*?\[[0-9a-f]{12}\]: (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Failure:
    """One check that failed.

    Attributes:
        requirement: what it judges.
        check: how it ended.
        shown: the exchanges that show it; controls and what was merely read are left out.
    """

    requirement: RequirementResult
    check: Check
    shown: tuple[ExchangeSummary, ...]

    @property
    def subject(self) -> str:
        """The part of a request or an answer that the requirement is about."""
        return self.requirement.subject or self.requirement.clause

    @property
    def first(self) -> ExchangeSummary | None:
        """The exchange that the message is about, or the first of them."""
        return self.shown[0] if self.shown else None

    @property
    def expected(self) -> str:
        """What was expected of the answer; "" where the check lists what it found in many."""
        return expectation(self.check.message)

    @property
    def got(self) -> str:
        """What came, or what the check found in the first exchange."""
        message = self.check.message
        if found := _EXPECTED.match(message):
            return found.group(2)
        lines = [line for line in message.splitlines() if self.shown and self.shown[0].id in line]
        listed = _LISTED.match(lines[0] if lines else message)
        return listed.group(1) if listed else message

    @property
    def is_of_one_answer(self) -> bool:
        """Whether the check expected something else than the answer that came."""
        return bool(self.expected)


def size_of(exchange: ExchangeSummary) -> tuple[bool, int, int, int]:
    """Return how large a request is for a reader: one that is shown whole is smaller than others."""
    return not exchange.curl, len(exchange.fields), len(exchange.label), exchange.request_bytes


def is_server_error(exchange: ExchangeSummary) -> bool:
    """Return whether an answer is a server error, or did not come."""
    return exchange.status is None or exchange.status >= SERVER_ERROR


def expectation(message: str) -> str:
    """Return what a check expected of one answer; "" where it lists what it found in many."""
    found = _EXPECTED.match(message)
    return found.group(1) if found else ""


def failures(result: Result) -> tuple[Failure, ...]:
    """Return what failed in a run: every check that ended as fail, flaky or warn."""
    return tuple(
        Failure(requirement, check, tuple(witnesses(check, result.exchanges)))
        for requirement in result.requirements
        for check in requirement.checks
        if check.status in FAILED
    )


def witnesses(check: Check, exchanges: Mapping[str, ExchangeSummary]) -> Iterator[ExchangeSummary]:
    """Yield the exchanges of a failed check that show its failure: first those that it names."""
    read = [exchanges[id_] for id_ in check.exchanges if id_ in exchanges]
    controls = {exchange.twin for exchange in read}
    named = _NAMED.findall(check.message)
    if _EXPECTED.match(check.message):
        came = _STATUS.search(check.message)
        faulty = [e for e in read if e.id not in controls] or read
        like = [e.id for e in faulty if came and str(e.status) == came.group(1)]
        about = named[:1] or like[:1] or [exchange.id for exchange in read[:1]]
        yield from (exchange for exchange in read if exchange.id in about)
        return
    first = [exchange for exchange in read if exchange.id in named]
    yield from sorted(first, key=size_of)
    yield from (e for e in read if e.id not in named and e.id not in controls)
