"""The parts of a sender, put together: one value that holds what the network's thread works with."""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.send.attempts import Attempts
from conformance.send.barrier import Barriers
from conformance.send.budget import Turnstile
from conformance.send.deadlines.bounded import Bounded
from conformance.send.deadlines.hangs import Hangs
from conformance.send.outages.comeback import OUTAGE_S
from conformance.send.outages.inquest import Inquest
from conformance.send.outages.life import Life, refuses
from conformance.send.outages.outage import OutageMonitor, Unguarded
from conformance.send.phases import Phases
from conformance.send.rates.adaptive_limit import AdaptiveLimit
from conformance.send.rates.lanes import Lanes
from conformance.send.rates.limiter import Limiter
from conformance.send.rates.waits import WaitBudget
from conformance.send.recheck import RecheckPolicy, Rechecks
from conformance.send.retry import Retries
from conformance.send.wire.connections import Connections

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from conformance.http.exchange import Exchange
    from conformance.http.request import Request
    from conformance.send.budget import Budget
    from conformance.send.clock import Clock
    from conformance.send.deadlines.deadline import Deadline
    from conformance.send.hits import Hits
    from conformance.send.outages.falls import Falls
    from conformance.send.phases import Settle
    from conformance.send.recheck import Mismatch
    from conformance.send.spare import Spare
    from conformance.send.usage import Usage
    from conformance.target.options import Limits
    from conformance.target.target import Target


# A process that ends because of a request ends within so many seconds after its answer.
LATE_S = 0.3


@dataclass(frozen=True)
class Parts:
    """What a sender is made of."""

    connections: Connections
    limiter: Limiter
    attempts: Attempts
    policy: RecheckPolicy
    phases: Phases
    falls: Falls
    last_look: Callable[[], Coroutine[Any, Any, None]]
    bounded: Bounded

    @classmethod
    def of(
        cls,
        target: Target,
        limits: Limits,
        settle: Settle,
        *,
        budget: Budget,
        usage: Usage,
        mismatch: Mismatch,
        hits: Hits,
        spare: Spare,
        clock: Clock,
        keep: Callable[[Exchange], None],
        deadline: Deadline,
    ) -> Parts:
        """Put the parts together for one target.

        `settle` takes each exchange that is settled, and `keep` those that show a culprit. All work
        ends with the `deadline`.
        """
        limit = AdaptiveLimit(limits.concurrency, grows=not limits.concurrency)
        limiter = Limiter(limit, clock, Lanes(limits.per_s))
        bounded, wait_budget = Bounded(deadline), WaitBudget(clock)
        deadline.waits, deadline.wait_budget = limiter.waits, wait_budget
        outage = OutageMonitor(
            target, limits.timeout_s, clock, lambda seconds: deadline.waited("dropped", seconds)
        )
        hangs = Hangs(limits.timeout_s, spare.readers_of)
        connections = Connections(target)
        turnstile = Turnstile(budget)
        attempts = Attempts(
            *(target, limits.timeout_s, outage, turnstile, usage, hits, spare),
            *(hangs, deadline),
        )
        retries = Retries(attempts, limiter, wait_budget, clock, bounded)
        policy = RecheckPolicy(mismatch, connections.led_astray)

        async def send_alone(request: Request) -> Exchange:
            await connections.glance()
            async with connections.fresh() as own:
                return await retries.send(request, own, "second look")

        async def ask(request: Request) -> Exchange:
            """Send a request past the monitor, which holds all others back."""
            async with connections.fresh() as own:
                return await unguarded.send(request, own, None, "second look", 0)

        unguarded = dataclasses.replace(attempts, outage=Unguarded(limits.timeout_s))
        life = Life(target, connections.fresh, min(limits.timeout_s, OUTAGE_S), clock)
        tell = functools.partial(setattr, usage, "finding_out")
        inquest = Inquest(outage.falls, life, ask, keep, clock, tell=tell)
        rechecks = Rechecks(
            policy, send_alone, outage, bounded=bounded, hangs=hangs, inquest=inquest
        )
        phases = Phases(
            retries=retries,
            rechecks=rechecks,
            policy=policy,
            connections=connections,
            barriers=Barriers(lambda: limiter.size, clock),
            settle=settle,
            bounded=bounded,
        )

        async def last_look() -> None:
            """See a fall that comes behind the last answers: no later request meets it."""
            open_s = outage.falls.open_s(LATE_S)
            if open_s > 0 and not outage.gone and not deadline.over:
                await clock.sleep(open_s)
                if await refuses(target):
                    outage.falls.refused()
                    await rechecks.look_into_falls()

        return cls(
            *(connections, limiter, attempts, policy, phases, outage.falls, last_look, bounded)
        )

    def take_over(self, exchange: Exchange) -> None:
        """Count an exchange of an earlier run as if it had been sent."""
        self.attempts.usage.took_over(exchange)
        self.attempts.turnstile.budget.charge(exchange)
        self.policy.learn(exchange)
