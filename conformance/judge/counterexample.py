"""Judges a property case, and brings one that fails down to the smallest form that still does.

That form says what is really wrong, so the finding is charged to the requirement that the oracle
names for it: a near miss that fails only as every such value does is no second finding.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NoReturn

from conformance.cases.generated import oracle
from conformance.cases.generated.generation import case_of
from conformance.http.status import is_server_error, was_never_asked
from conformance.judge.ends import Failed, NotApplicable, Untestable
from conformance.judge.expect import expect
from conformance.judge.shrinking import MOST, OutOfBudget, shrunk

if TYPE_CHECKING:
    from conformance.cases.generated.draft import Draft
    from conformance.cases.generated.generation import Case
    from conformance.cases.generated.oracle import Reading
    from conformance.cases.spec import Spec
    from conformance.http.exchange import Exchange
    from conformance.judge.probe import Probe

MOST_IN_A_RUN = 100
# What a gateway did with a form, as a judge of forms sees it.
Reaction = Literal["accepted", "refused", "broke"]
# Only a provider can judge these: its own failure is none of the gateway's.
PROVIDERS = frozenset({"MODEL-3", "IMAGE-11"})


@dataclass(frozen=True)
class Found:
    """A smallest form that fails: how, and what it breaks."""

    draft: Draft
    kind: Reaction
    requirement: str
    exchange: str


@dataclass
class Counterexamples:
    """What has been found in a run, and how many requests that took."""

    probe: Probe
    found: list[Found] = field(default_factory=list)
    sent: int = 0

    def judge(self, exchange: Exchange, spec: Spec) -> None:
        """Judge the case of a spec by the bytes that went out.

        Raises:
            AssertionError: it fails; the error carries the requirement that it comes down to.
            NotApplicable: for this target the bytes say something else than was drawn.
        """
        self.judge_case(exchange, case_of(spec, self.probe.facts))

    def judge_case(self, exchange: Exchange, case: Case) -> None:
        """Judge a case like `judge`."""
        reading = self._reading(exchange)
        if case.requirement not in (*reading.charged, "whole"):
            raise NotApplicable(
                f"for this target the contract says of the form: {reading.expected}"
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
        # It is the smallest form that is shown; the case itself is in the node's name.
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
            found = self.probe.send(draft.request())
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
    """Return the requirement that a failing form breaks; the one it was drawn for, if it does."""
    charged = draft.reading.charged
    if first in charged:
        return first
    particular = [id_ for id_ in charged if id_ != "IMAGE-1"]
    if draft.reading.expected == "accepted" and not particular and draft.order != draft.usual_order:
        return "MEDIA-7"
    return (particular or list(charged))[0]


def _comparable(candidate: Reading, reading: Reading, kind: Reaction) -> bool:
    """Whether a form would fail for the same reason.

    What breaks a gateway may come down to anything. What is wrongly accepted stays under its
    requirement, and what must be accepted stays that.
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
