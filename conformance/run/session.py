"""The life of one run: approach the gateway, examine it, send the plan, and end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.cases.spec import PLAIN, RunFacts
from conformance.errors import noted
from conformance.evidence import resume
from conformance.http.request import LAST
from conformance.plan.plan import Unavailable
from conformance.run.ahead import send_beside_the_first
from conformance.run.channel import by_first_credential, new_channel
from conformance.run.diagnoses import unobserved
from conformance.run.door import Door
from conformance.run.ended import with_suspects
from conformance.run.live import Live
from conformance.run.order import in_order
from conformance.run.preflight import examine, gone_since, may_use_another_key
from conformance.run.progress import NOBODY, Progress
from conformance.run.questions import RENEWALS, SILENT
from conformance.run.record import RunRecord
from conformance.run.unreached import stays_silent
from conformance.run.world import Ended, Opening
from conformance.send.usage import by_clause

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterable

    from conformance.cases.spec import Spec
    from conformance.http.exchange import Exchange
    from conformance.http.request import Request
    from conformance.result.model import Diagnosis
    from conformance.run.progress import Watcher
    from conformance.run.world import World
    from conformance.send.sending import Sending
    from conformance.target.options import Options
    from conformance.target.target import Target


class Session:
    """One run from its target to its record.

    The calls come in this order: `approach`, `examine`, `begin`, `end`. Specs are asked through
    `channel.register` before `begin`; checks get their exchanges through `door` after it.
    """

    def __init__(
        self,
        target: Target,
        options: Options,
        watcher: Watcher = NOBODY,
        *,
        observe_on: socket.socket | None = None,
        world: World | None = None,
    ) -> None:
        """Prepare a run; nothing is sent yet.

        Args:
            target: the gateway under test.
            options: how the run is made.
            watcher: gets to know how far the run is, and decides nothing.
            observe_on: a listening socket on which the run plays the provider; None opens the one
                that the target names.
            world: what answers in the place of the gateway, such as the evidence of an earlier run.

        Raises:
            UsageError: an address cannot be bound, or no earlier run can be resumed.
        """
        self.options = options
        self.watching = Progress(watcher)
        self.diagnosis: tuple[Diagnosis, ...] = ()
        # What the suite itself, or its machine, failed at; it decides the exit code of the process.
        self.troubles: list[BaseException] = []
        self.world = world or Live(options, self.troubles, watcher, observe_on=observe_on)
        self.started_at = self.world.now()
        self._earlier = self.world.earlier(self._identity(target)) if options.resume else ()
        self.observer = self.world.observer(target)
        self.channel = new_channel(target, options, self.world)
        self.door = Door(self.facts, self.channel.register)
        self._ahead: dict[str, Request] = {}

    @property
    def facts(self) -> RunFacts:
        """What checks may know before anything is sent."""
        options = self.options
        return RunFacts(self.channel.target, options.profile, options.seed, options.examples)

    # ------------------------------------------------------------------ approach

    def approach(self) -> None:
        """Send the preflight's first good request; the plan is made while the gateway answers it.

        Nothing is sent to a server that takes connections and stays silent.
        """
        target, first = self.channel.target, self.channel.plan.bind(PLAIN)
        self.world.approach(target)
        silent = not isinstance(first, Unavailable) and self.world.is_silent(target, first)
        sender = self._open()
        if silent:
            self.world.told(SILENT, lambda: True)
            self.diagnosis = (stays_silent(target, self.options),)
        elif not isinstance(first, Unavailable):
            sender.start([first], purpose="preflight")

    def run_ahead(self, specs: Iterable[Spec]) -> None:
        """Send some of these beside the first request, unless the run has a cap or is a shard."""
        sender, options = self.channel.sender, self.options
        if self.diagnosis:
            return
        if sender is not None and options.limits.max_images is None and not options.shard:
            self._ahead = send_beside_the_first(self.channel.plan, sender, specs)

    def _open(self) -> Sending:
        """Start to send to the target of the channel."""
        identity, known = self._known()
        channel = self.channel
        spare = channel.spare(self.options.profile)
        channel.sender = self.world.open(
            Opening(channel.target, channel.plan, channel.canary, spare, identity, known)
        )
        return channel.sender

    def _known(self) -> tuple[dict[str, Any], dict[str, Exchange]]:
        """Return the identity of the run with its target, and what earlier processes settled of it."""
        identity = self._identity(self.channel.target)
        return identity, resume.known_of(self._earlier, identity)

    # ------------------------------------------------------------------ examine

    def examine(self) -> None:
        """Examine the target with a few requests.

        If an earlier run's cache answered one, the plan is made again with pictures of this run.
        If the gateway refuses the first credential and accepts another one, the accepted one comes
        first, and the plan is made again with it.
        """
        if self.channel.sender is None:
            self.approach()
        if self.diagnosis:
            return
        refused: tuple[Diagnosis, ...] = ()
        for target in by_first_credential(self.channel.target):
            if target is not self.channel.target:
                self._change_to(target)
            self.diagnosis = self._examined()
            if not self.diagnosis and self._was_renewed():
                self._change_to(target, afresh=True)
                self.diagnosis = self._examined()
            if not may_use_another_key(self.diagnosis):
                return
            refused = refused or self.diagnosis
        self.diagnosis = refused

    def _was_renewed(self) -> bool:
        """Return whether a cache that an earlier run filled has answered a request so far."""
        return bool(self.world.told(RENEWALS, lambda: self.channel.plan.renewals))

    def _change_to(self, target: Target, *, afresh: bool = False) -> None:
        self.channel.close()
        self._ahead = {}
        self.channel = new_channel(target, self.options, self.world, self.channel, afresh=afresh)
        self._open()

    def _examined(self) -> tuple[Diagnosis, ...]:
        sender, plan = self.channel.sender, self.channel.plan
        assert sender is not None, "examine() approaches first"
        _, known = self._known()
        calls = self.observer.calls if self.observer else None
        found = examine(plan, sender, calls) or gone_since(plan, sender, known.values())
        if found or self.observer is None:
            return found
        return unobserved(self.observer.url, self.observer.calls(), sender.arrived())

    def _identity(self, target: Target) -> dict[str, Any]:
        made = self.options
        return resume.identity(target, made.seed, made.profile, made.shard, made.challenge)

    # ------------------------------------------------------------------ begin and end

    def begin(self) -> None:
        """Send the whole plan in the background, and open the door to the checks."""
        channel, options = self.channel, self.options
        door = self.door = Door(
            self.facts,
            channel.register,
            channel.sender,
            self.observer,
            canary_counts=options.embedded or "listener-reachable" in channel.target.declared,
            closed_because=self.diagnosis[0].problem if self.diagnosis else "",
        )
        if channel.sender is None or self.diagnosis:
            return
        wanted = in_order(channel.register, options.limits, channel.sender.at_once, self._ahead)
        # The requests of the last phase wait until the further examples are sent.
        door.held = {r.id: r for r in wanted if r.phase == LAST and options.examples}
        known = channel.plan.requests
        self.world.planned(
            lambda: len(known) + (door.sent_in_batches.sent if door.sent_in_batches else 0),
            sum(r.pictures for r in known.values() if r.expected == "accepted"),
        )
        now = [r for r in wanted if r.id not in door.held]
        channel.sender.start(now, channel.plan.optional.values())

    def end(self, stopped: str = "") -> RunRecord:
        """Stop sending, close everything, and return the record of the run.

        What fails at that is one of the `troubles`, and keeps nothing else from its end. `stopped` says
        that the checks were interrupted, or broke off.
        """
        channel, observer, sender = self.channel, self.observer, self.channel.sender
        falls = sender.seen_falls if sender else ()
        arrived = [self.door.as_judged(e) for e in sender.arrived()] if sender else []
        with noted(self.troubles):
            channel.close()
        calls = None
        if observer is not None:
            with noted(self.troubles):
                arrived = [observer.seen(e) for e in arrived]
            calls = observer.calls()
            self.world.observed(calls)
        ended = Ended(self.started_at, self.world.now(), falls, stopped)
        sealed = self.world.end(ended)
        usage = self.world.usage
        return RunRecord(
            *(channel.target, self.options, self.started_at, ended.ended_at, self.diagnosis),
            tuple(with_suspects(arrived, falls)),
            usage,
            by_clause(usage.pictures, channel.register.clauses()),
            calls,
            falls,
            self.world.overtime,
            sealed,
            self.troubles,
        )
