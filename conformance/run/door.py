"""What a run hands to checks: the exchanges that they declared, and a `Probe` for more."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conformance.http.status import was_never_asked
from conformance.judging.ends import NotApplicable, Untestable
from conformance.judging.partial import guarded
from conformance.plan.plan import Unavailable
from conformance.run.resting import Resting
from conformance.send.batches import Batches

if TYPE_CHECKING:
    from conformance.cases.spec import RunFacts, Spec
    from conformance.http.exchange import Exchange
    from conformance.http.provider_call import Call
    from conformance.http.request import Request
    from conformance.plan.register import Register
    from conformance.run.world import Observing
    from conformance.send.outages.falls import Fall
    from conformance.send.sending import Sending
    from conformance.send.wire.kept import Surplus
    from conformance.target.target import Target


@dataclass
class Door:
    """Gives checks their exchanges, and sends the further requests of a judge (`judging.probe.Probe`).

    `closed_because` says why nothing can be judged, or is empty. `held` are requests by their id,
    which wait until a check asks for one of them.
    """

    facts: RunFacts
    register: Register
    sender: Sending | None = None
    observer: Observing | None = None
    canary_counts: bool = False
    closed_because: str = ""
    held: dict[str, Request] = field(default_factory=dict)
    sent_in_batches: Batches | None = None
    _resting: Resting = field(init=False)
    # Every exchange so far, with what it was made from.
    _answers: list[Exchange] = field(default_factory=list)
    _settled: list[Exchange] = field(default_factory=list)
    _calls: int = 0

    def __post_init__(self) -> None:
        plan = self.register.plan
        self._resting = Resting(plan.requests, lambda one: self._copies([one])[0], plan.redrawn)

    @property
    def target(self) -> Target:
        """The gateway under test."""
        return self.facts.target

    @property
    def at_once(self) -> int:
        """How many requests may be in flight now."""
        return self.sender.at_once if self.sender is not None else 1

    @property
    def sent(self) -> int:
        """How many requests the plan holds; it grows with each new one that `send` is given."""
        return len(self.register.plan.requests)

    def exchange(self, spec: Spec) -> Exchange:
        """Wait for the exchange that answers a spec, with that of its control.

        Raises:
            NotApplicable: the request cannot be made for this target.
            Untestable: the run ended early.
        """
        asked = self.register.of(spec)
        if isinstance(asked, Unavailable):
            raise NotApplicable(asked.reason)
        sender = self._ready()
        if asked.id in self.held:
            self._release()
        found = sender.exchange(asked.id)
        for alone in asked.alone:
            if found.ok or was_never_asked(found):
                break
            found = sender.exchange(alone)
        seen, control = self._seen(self._resting.own(found)), found.request.control
        if control is not None:
            accepted = self._resting.control(sender.exchange(control))
            seen = dataclasses.replace(seen, control=accepted)
        return guarded(seen)

    def send(self, spec: Spec) -> Exchange:
        """Send one more request now, and its control if that was not sent yet; wait for both."""
        sender, plan = self._ready(), self.register.plan
        known = {*plan.requests}
        self.register.ask(spec)
        more = [r for id_, r in plan.requests.items() if id_ not in known]
        sender.start(more, purpose="probe")
        return _in_time(self.exchange(spec))

    def again(self, request: Request) -> Exchange:
        """Send a copy of an earlier request now, and wait for its exchange.

        Raises:
            Untestable: the run's time was over before it was answered.
        """
        return self.again_at_once([request])[0]

    def again_at_once(self, requests: list[Request]) -> list[Exchange]:
        """Send copies of earlier requests, all at once, and wait for their exchanges.

        Raises:
            Untestable: the run's time was over before all were answered.
        """
        return [guarded(_in_time(found)) for found in self._copies(requests)]

    def _copies(self, requests: list[Request]) -> list[Exchange]:
        sender = self._ready()
        for request in requests:
            self.register.plan.repeats(request)
        sender.start(requests, purpose="probe")
        return [sender.exchange(request.id) for request in requests]

    def batches(self) -> Batches:
        """Wait until the plan is through, and return the means to send batches outside it."""
        if self.sent_in_batches is None:
            sender, plan = self._ready(), self.register.plan
            for id_ in plan.requests.keys() - self.held.keys():
                sender.exchange(id_)
            self.sent_in_batches = Batches(plan, sender)
        return self.sent_in_batches

    def answers(self) -> list[Exchange]:
        """Wait until everything is answered, and return every exchange of the run."""
        self._release()
        settled, calls = self._ready().settled(), self.observer.changes if self.observer else 0
        # Many checks ask for this, and seldom has anything come since.
        if settled is not self._settled or calls != self._calls:
            self._settled, self._calls = settled, calls
            self._answers = [guarded(self._seen(e)) for e in self._resting.among(settled)]
        return self._answers

    def as_judged(self, exchange: Exchange) -> Exchange:
        """Return an exchange as checks saw it: one that failed by accident may have come right."""
        return self._resting.known(exchange)

    def overheard(self) -> tuple[str, ...]:
        """Return the request lines that reached the suite's own canary."""
        return tuple(self._ready().canary_hits)

    @property
    def seen_falls(self) -> tuple[Fall, ...]:
        """When the gateway's process ended, as far as that was seen yet."""
        return self.sender.seen_falls if self.sender is not None else ()

    def falls(self) -> tuple[Fall, ...]:
        """Wait until everything is answered, and return when the gateway's process ended."""
        self._release()
        return self._ready().falls()

    def surplus(self) -> tuple[Surplus, ...]:
        """Wait until everything is answered, and return what came behind answers."""
        self._release()
        return self._ready().surplus()

    def strangers(self) -> tuple[Call, ...] | None:
        """Return the calls to the provider that this run did not cause; None if not observed."""
        if self.observer is None:
            return None
        return tuple(c for c in self.observer.calls() if c.claim.refusal)

    def _release(self) -> None:
        """Send the requests that were held back for the end."""
        held, self.held = self.held, {}
        if held:
            self._ready().start(held.values())

    def _seen(self, exchange: Exchange) -> Exchange:
        """Return an exchange with its calls to the provider, if the run observes the provider."""
        return exchange if self.observer is None else self.observer.seen(exchange)

    def _ready(self) -> Sending:
        if self.closed_because:
            raise Untestable(f"the run ended early: {self.closed_because}")
        if self.sender is None:
            raise Untestable("the run sent nothing")
        return self.sender


def _in_time(found: Exchange) -> Exchange:
    """Return what a judge asked for: without an answer it would read the run's end as the gateway's."""
    if found.failure == "overtime":
        raise Untestable(f"overtime: {found.failure_text}")
    return found
