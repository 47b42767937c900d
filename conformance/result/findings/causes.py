"""What may have caused a failure, read from what was sent and what came back.

A failure may have several causes: a 500 for `n=abc` may be how the gateway reads n, or how it answers
every refusal. `cover` chooses those that explain all failures with the fewest causes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING

from conformance.http.status import is_client_error
from conformance.result.findings.failures import is_server_error
from conformance.result.findings.saying import (
    is_documented,
    is_generic,
    message_of,
    shape_of,
    template_of,
)
from conformance.result.findings.traits import traits_of
from conformance.result.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from conformance.result.exchange_summary import ExchangeSummary
    from conformance.result.findings.failures import Failure
    from conformance.result.model import Result

CONSTANCY = "constancy"
BEHIND_CACHE = "the credential: behind a cache"
SUCCESS = range(200, 300)
# A manner of refusing is one if it is seen for this many parts of a request.
PARTS = 2
# Failures of several requirements that show one exchange have one cause, if they show few others.
FEW = 3


class Kind(IntEnum):
    """The kinds of causes; where two explain as much, the first one is named."""

    WAVERS = 0
    ACCEPTS = 1
    CACHED = 2
    FRAME = 3
    REFUSALS = 4
    FALLBACK = 5
    PART = 6
    TRAIT = 7
    SAYS = 8
    CONTENT = 9
    EXCHANGE = 10
    OWN = 11


@dataclass(frozen=True, order=True)
class Cause:
    """One cause: equal causes are one.

    Attributes:
        kind: what kind of cause it is.
        about: the part of a request or an answer, or what is odd about it.
        status: what was answered: a status code, or "no answer".
        says: the message of the answer, without what varies.
    """

    kind: Kind
    about: str = ""
    status: str = ""
    says: str = ""


@dataclass(frozen=True)
class Causes:
    """Tells the causes that a failure may have, given all that failed and passed."""

    failures: Sequence[Failure]
    result: Result

    def of(self, failure: Failure) -> tuple[Cause, ...]:
        """Return the causes that a failure may have; the last one is its requirement alone."""
        return (*dict.fromkeys(self._of(failure)), Cause(Kind.OWN, failure.requirement.id))

    def _of(self, failure: Failure) -> Iterator[Cause]:
        subject = failure.subject
        if failure.check.status is Status.FLAKY or subject == CONSTANCY:
            yield Cause(Kind.WAVERS)
            return
        if not failure.shown:
            return
        if _is_of_cache(failure):
            yield Cause(Kind.CACHED)
        if _is_of_frame(failure):
            yield Cause(Kind.FRAME)
        one = failure.is_of_one_answer
        if _has_no_answer(failure) or (one and failure.shown[0].status not in SUCCESS):
            yield from self._answered(failure, failure.shown[0])
        elif one and failure.shown[0].twin:
            yield from (Cause(Kind.ACCEPTS, wide) for wide in self._wider("2xx", subject))
            return
        elif len(failure.shown) > 1 and (said := _said_by_all(failure.shown)):
            yield said
        elif all(map(_met_fallback, failure.shown)):
            yield Cause(Kind.FALLBACK)
        yield from (Cause(Kind.CONTENT, wide) for wide in self._shared(failure))
        if len(failure.shown) <= FEW:
            broken = (e for e in failure.shown if e.id in self._broken)
            yield from (Cause(Kind.EXCHANGE, exchange.id) for exchange in broken)

    def _answered(self, failure: Failure, exchange: ExchangeSummary) -> Iterator[Cause]:
        """Yield why the gateway may have answered with an error, or not at all."""
        status = status_of(exchange)
        says = template_of(message_of(exchange))
        subject = failure.subject
        manner = (status, shape_of(exchange))
        so = self._refused_so.get(manner, set())
        if len(so) >= PARTS and (subject in so or not failure.is_of_one_answer):
            yield Cause(Kind.REFUSALS, manner[1], status)
        if not is_generic(says):
            yield Cause(Kind.SAYS, "", status, says)
        refused = is_client_error(exchange.status)
        for wide in [subject] if refused else self._wider(status, subject):
            yield Cause(Kind.PART, wide, status)
        for trait in traits_of(exchange):
            yield Cause(Kind.TRAIT, trait, status)

    def _wider(self, status: str, subject: str) -> Iterator[str]:
        """Yield the subject, and the wider ones that fail in the same way as a whole."""
        yield subject
        words = subject.split(": ")
        for end in range(len(words) - 1, 0, -1):
            if (wide := ": ".join(words[:end])) in self._failing[status]:
                yield wide

    @cached_property
    def _broken(self) -> set[str]:
        """The exchanges that were answered with an error which was not expected, or not at all."""
        found = (f.shown[0] for f in self.failures if f.is_of_one_answer and f.shown)
        return {exchange.id for exchange in found if exchange.status not in SUCCESS}

    @cached_property
    def _failing(self) -> dict[str, set[str]]:
        """The subjects of what fails, by what was answered."""
        found: dict[str, set[str]] = defaultdict(set)
        for failure in self.failures:
            if failure.shown:
                found[_answer_of(failure.shown[0])].add(failure.subject)
        return found

    @cached_property
    def _refused_so(self) -> dict[tuple[str, str], set[str]]:
        """The subjects all of whose faults are answered by a server error, by its manner."""
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for failure in self.failures:
            subject = failure.subject
            if failure.is_of_one_answer and failure.shown and subject not in self._well_refused:
                exchange = failure.shown[0]
                if exchange.status is not None and is_server_error(exchange):
                    found[status_of(exchange), shape_of(exchange)].add(subject)
        return found

    @cached_property
    def _well_refused(self) -> set[str]:
        """The subjects of which a faulty request was refused as it must be."""
        return {
            requirement.subject
            for requirement in self.result.requirements
            for check in requirement.checks
            if check.status is Status.PASS
            for exchange in _read(check.exchanges[:1], self.result)
            if exchange.twin and is_client_error(exchange.status)
        }

    def _shared(self, failure: Failure) -> Iterator[str]:
        """Yield the subject of a failure if another requirement has it, and fails for the same answers."""
        subject = failure.subject
        if subject == self._usual.get(failure.requirement.clause):
            return
        here = {exchange.id for exchange in failure.shown}
        for other in self.failures:
            same = other.subject == subject
            if same and here.intersection(exchange.id for exchange in other.shown):
                yield subject
                return

    @cached_property
    def _usual(self) -> dict[str, str]:
        """The subject that most requirements of each clause have: it says nothing more exact."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for requirement in self.result.requirements:
            found[requirement.clause][requirement.subject] += 1
        return {clause: counted.most_common(1)[0][0] for clause, counted in found.items()}


def _met_fallback(exchange: ExchangeSummary) -> bool:
    """Return whether the gateway asked several models for a request: a fallback after the primary."""
    return len({call.model for call in exchange.calls if call.model}) > 1


def _said_by_all(exchanges: Sequence[ExchangeSummary]) -> Cause | None:
    """Return the message that all answers have in common, if they are errors that have one."""
    told = {(status_of(e), template_of(message_of(e))) for e in exchanges if e.reply_body}
    if len(told) != 1:
        return None
    status, says = told.pop()
    refused = not status.startswith("2") and not is_generic(says)
    return Cause(Kind.SAYS, "", status, says) if refused else None


def status_of(exchange: ExchangeSummary) -> str:
    """Return the status code of an answer, or why there is none, without what varies."""
    if exchange.status is not None:
        return str(exchange.status)
    return "no answer"


def _answer_of(exchange: ExchangeSummary) -> str:
    return "2xx" if exchange.status in SUCCESS else status_of(exchange)


def _has_no_answer(failure: Failure) -> bool:
    """Return whether all that a failure shows are server errors, or were not answered at all."""
    return all(map(is_server_error, failure.shown))


def _is_of_frame(failure: Failure) -> bool:
    """Return whether a failure is one of an error body that is not the documented one at all."""
    asked = failure.requirement.clause == "ERROR" or "is_bifrost_error" in failure.expected
    errors = [e for e in failure.shown if e.status not in SUCCESS and e.status is not None]
    whole = [e for e in errors if e.reply_headers or e.reply_body]
    return asked and bool(whole) and not any(map(is_documented, whole))


def _is_of_cache(failure: Failure) -> bool:
    """Return whether what fails is that an answer came from the cache; of BODY it is what a hit says."""
    accepted = failure.is_of_one_answer and failure.shown[0].twin
    elsewhere = failure.requirement.clause == "BODY" or (
        accepted and failure.subject != BEHIND_CACHE
    )
    return not elsewhere and all(
        '"cache_hit":true' in exchange.reply_body.replace(" ", "") for exchange in failure.shown
    )


def _read(ids: Iterable[str], result: Result) -> Iterator[ExchangeSummary]:
    return (result.exchanges[id_] for id_ in ids if id_ in result.exchanges)
