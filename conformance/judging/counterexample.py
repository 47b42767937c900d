"""Judges a property case, and shrinks one that fails to the smallest form that still fails.

The smallest form shows what is really wrong, so the failure is charged to the requirement that the
oracle names for it. Cases that shrink to the same requirement are one finding.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NoReturn

from conformance.cases.generated import oracle
from conformance.cases.generated.generation import case_of
from conformance.http.status import is_server_error, was_never_asked
from conformance.judging.ends import Failed, NotApplicable, Untestable
from conformance.judging.expect import expect
from conformance.judging.shrinking import MOST, OutOfBudget, shrunk

if TYPE_CHECKING:
    from conformance.cases.generated.draft import Draft
    from conformance.cases.generated.generation import Case
    from conformance.cases.generated.oracle import Reading
    from conformance.cases.spec import Spec
    from conformance.http.exchange import Exchange
    from conformance.judging.probe import Probe

MOST_IN_A_RUN = 100
# How a gateway reacted to a form, as far as shrinking tells reactions apart.
Reaction = Literal["accepted", "refused", "broke"]
# Only a provider can judge these, so a failure of the provider is not charged to the gateway.
PROVIDERS = frozenset({"MODEL-3", "IMAGE-11"})
EXPECTED = {"accepted": "a success", "refused": "a refusal", "either": "either answer"}


@dataclass(frozen=True)
class Found:
    """The smallest form of a failure, the gateway's reaction, and the requirement it breaks."""

    draft: Draft
    kind: Reaction
    requirement: str
    exchange: str


@dataclass
class Counterexamples:
    """The counterexamples of a run so far, and how many requests it took to shrink them."""

    probe: Probe
    found: list[Found] = field(default_factory=list)
    sent: int = 0

    def judge(self, exchange: Exchange, spec: Spec) -> None:
        """Judge the case of a spec by the bytes that were sent.

        Raises:
            AssertionError: the case fails; the error names the requirement of its smallest form.
            NotApplicable: with this target's values the sent form tests another requirement.
        """
        self.judge_case(exchange, case_of(spec, self.probe.facts))

    def judge_case(self, exchange: Exchange, case: Case) -> None:
        """Judge a case by the bytes that were sent, as `judge` does."""
        reading = self._reading(exchange)
        if case.requirement not in (*reading.charged, "whole"):
            raise NotApplicable(
                f"with this target's values the form no longer tests {case.requirement}: the"
                f" contract expects {EXPECTED[reading.expected]}"
            )
        try:
            _expect(exchange, reading)
        except AssertionError as problem:
            self._fail(exchange, case, reading, problem)

    def _fail(
        self, exchange: Exchange, case: Case, reading: Reading, problem: AssertionError
    ) -> NoReturn:
        kind = _kind(exchange)
        known = [f for f in self.found if f.kind == kind]
        same = next((f for f in known if f.requirement in reading.charged), None)
        least = same or self._smallest(exchange, case, reading, known)
        # The message shows the smallest form; the node's name shows the case as it was drawn.
        control = (exchange.control.id,) if exchange.control is not None else ()
        raise Failed(
            f"{least.draft.label} [{least.exchange}]: {problem}",
            requirement=least.requirement,
            exchanges=tuple(dict.fromkeys((least.exchange, exchange.id, *control))),
        ) from None

    def _smallest(
        self, exchange: Exchange, case: Case, reading: Reading, known: list[Found]
    ) -> Found:
        kind, sent = _kind(exchange), self.sent
        ids = {case.draft: exchange.id}

        def fails(draft: Draft) -> bool:
            meant = draft.reading
            if not _comparable(meant, reading, kind):
                return False
            if self.sent - sent >= MOST or self.sent >= MOST_IN_A_RUN:
                raise OutOfBudget
            before = self.probe.sent
            try:
                found = self.probe.send(draft.request())
            except Untestable:
                raise OutOfBudget from None
            self.sent += self.probe.sent > before
            if was_never_asked(found):
                raise OutOfBudget
            ids[draft] = found.id
            return _kind(found) == kind and _is_wrong(found, meant)

        least = shrunk(case.draft, fails, [f.draft for f in known])
        made = Found(least, kind, charged_to(least, case.requirement), ids[least])
        self.found.append(made)
        return made

    def _reading(self, exchange: Exchange) -> Reading:
        target, request = self.probe.target, exchange.request
        boundary = request.form.boundary if request.form is not None else ""
        good = {target.image} if target.image is not None else set()
        return oracle.read(request.body, boundary, models={target.model}, good=good)


def charged_to(draft: Draft, first: str) -> str:
    """Return the requirement that a failing form breaks: `first`, if it is one of several."""
    charged = draft.reading.charged
    if first in charged:
        return first
    particular = [id_ for id_ in charged if id_ != "IMAGE-1"]
    if draft.reading.expected == "accepted" and not particular and draft.order != draft.usual_order:
        return "MEDIA-7"
    return (particular or list(charged))[0]


def _comparable(candidate: Reading, reading: Reading, kind: Reaction) -> bool:
    """Return whether a smaller form would fail for the same reason.

    If the gateway broke, the cause may be any smaller form. If the gateway accepted a form wrongly,
    the smaller form has to break one of the same requirements. If the gateway refused a form that
    it must accept, it must accept the smaller form too.
    """
    if not _fields_at_fault(candidate) <= _fields_at_fault(reading):
        return False
    if reading.expected == "accepted":
        return candidate.expected == "accepted"
    if kind == "broke":
        return candidate.expected != "accepted" or reading.expected == "either"
    return bool(set(candidate.broken) & set(reading.broken))


def _fields_at_fault(reading: Reading) -> set[str]:
    return {name for name, finding in reading.findings if finding.expected != "accepted"}


def _kind(exchange: Exchange) -> Reaction:
    if exchange.reply is None or is_server_error(exchange):
        return "broke"
    return "accepted" if exchange.ok else "refused"


def _is_wrong(exchange: Exchange, reading: Reading) -> bool:
    try:
        _expect(exchange, reading)
    except AssertionError:
        return True
    except Untestable:
        return False
    return False


def _expect(exchange: Exchange, reading: Reading) -> None:
    if reading.expected == "accepted":
        expect(exchange).accepted()
    elif reading.expected == "refused":
        expect(exchange).refused(model_at_fault=any(i.startswith("MODEL") for i in reading.broken))
    else:
        expect(exchange).answered(provider_may_fail=not PROVIDERS.isdisjoint(reading.doubtful))
