"""Sends requests in the background and returns their exchanges, bounded in time, size and money.

A thread of its own runs the network, so that checks judge while answers come in.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Self

from conformance.evidence import resume
from conformance.send.answers import Answers
from conformance.send.budget import Budget
from conformance.send.canary import listen
from conformance.send.clock import REAL
from conformance.send.deadlines.deadline import Deadline
from conformance.send.hits import Hits, not_renewed
from conformance.send.loop_thread import LoopThread
from conformance.send.parts import Parts
from conformance.send.recheck import matches
from conformance.send.spare import UNLIMITED, Spare
from conformance.send.usage import Usage

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterable, Mapping

    from conformance.http.exchange import Exchange
    from conformance.http.request import Purpose, Request
    from conformance.send.attempts import Windows
    from conformance.send.clock import Clock
    from conformance.send.outages.falls import Fall
    from conformance.send.phases import Ahead
    from conformance.send.recheck import Mismatch
    from conformance.send.wire.kept import Surplus
    from conformance.target.options import Limits
    from conformance.target.target import Target


class Sender:
    """Sends a plan in the background; `exchange(id)` waits for one exchange."""

    def __init__(
        self,
        target: Target,
        limits: Limits,
        journal: Callable[[Exchange], Exchange | None],
        *,
        canary: socket.socket | None = None,
        on_progress: Callable[[int, Usage], None] = lambda _done, _spent: None,
        known: Mapping[str, Exchange] | None = None,
        budget: Budget | None = None,
        usage: Usage | None = None,
        mismatch: Mismatch = matches,
        renewed: Callable[[Request], Request | None] = not_renewed,
        spare: Spare | None = None,
        clock: Clock = REAL,
        deadline: Deadline | None = None,
    ) -> None:
        """Prepare to send.

        Args:
            target: where to.
            limits: how many at once, how long, and how many pictures.
            journal: takes each exchange as it settles, on the network's thread; what it returns is
                handed on in the place of the exchange.
            canary: the socket of the suite's own canary.
            on_progress: told how many exchanges are settled, and what they cost.
            known: what an earlier run settled, by id (`--resume`).
            budget: the pictures that may be spent; one of `limits` if none is handed in.
            usage: what has been spent so far; nothing if none is handed in.
            mismatch: says in what a success is not the one that was asked for.
            renewed: returns a request with a picture that nobody sent yet, to be sent if a cache
                that this run did not fill answered it; or None.
            spare: the faulty requests that need not be sent; none if none is handed in.
            clock: the clock of pauses, bursts and outages.
            deadline: the time of the run; it begins now if none is handed in.
        """
        self.spent = usage or Usage()
        self.canary_hits: list[str] = []
        self._journal, self._on_progress = journal, on_progress
        self._known = known or {}
        self._deadline = deadline or Deadline(limits)
        self._answers = Answers(self._deadline)
        self._settled, self._looked = 0, False
        # The requests that ask for one thing each, by the id of the one that asks for all of them.
        self._optional: dict[str, list[Request]] = {}
        self._parts = Parts.of(
            target,
            limits,
            self._settle,
            budget=budget or Budget(limits.max_images),
            usage=self.spent,
            mismatch=mismatch,
            hits=Hits(renewed),
            spare=spare or Spare({}, UNLIMITED),
            clock=clock,
            keep=self._keep,
            deadline=self._deadline,
        )
        self.windows: Windows = self._parts.attempts.windows
        self._network = LoopThread("sender", self._fail)
        if canary is not None:
            self._network.begin(listen, canary, self.canary_hits)

    def __enter__(self) -> Self:
        self._network.start()
        self._network.begin(self._parts.bounded.watch, self._answers.give_up)
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop sending; who waits for an exchange is told that the run was stopped."""
        self._network.cancel()
        self._answers.cancel()
        self._network.finish(self._parts.connections.close())

    @property
    def at_once(self) -> int:
        """How many requests may be in flight now."""
        return self._parts.limiter.size

    def start(
        self,
        requests: Iterable[Request],
        optional: Iterable[Request] = (),
        purpose: Purpose = "plan",
        *,
        ahead: bool = False,
    ) -> None:
        """Begin to send these requests, phase by phase.

        Args:
            requests: what to send; those that were started before are left out.
            optional: what to send in the place of a request that is not accepted.
            purpose: what the pictures are counted for.
            ahead: send at once, and leave the rechecks to the next `start` of a plan.
        """
        wanted = [r for r in requests if r.id not in self._answers]
        self._answers.expect(wanted)
        taken = resume.taken(wanted, self._known)
        left = [r for r in wanted if r.id not in taken]
        for request in optional:
            for id_ in request.asked_in:
                self._optional.setdefault(id_, []).append(request)
        self._network.call(lambda: self._spawn(left, [*taken.values()], purpose, ahead=ahead))

    def exchange(self, request_id: str) -> Exchange:
        """Wait for the exchange of a request that was started; `BrokenRunError` if none can come."""
        return self._answers.wait(request_id)

    def has_arrived(self, request_id: str) -> bool:
        """Whether the exchange of a request that was started is settled."""
        return self._answers.has_arrived(request_id)

    def send(self, request: Request) -> Exchange:
        """Send one request of the preflight now and wait for its exchange."""
        self.start([request], purpose="preflight")
        return self.exchange(request.id)

    def settled(self) -> list[Exchange]:
        """Wait for everything that was started and return it in the order of its start."""
        return self._answers.settled()

    def arrived(self) -> list[Exchange]:
        """Return what has been settled so far, without waiting."""
        return self._answers.arrived()

    @property
    def seen_falls(self) -> tuple[Fall, ...]:
        """When the gateway's process ended, as far as that was seen yet."""
        return tuple(self._parts.falls.all)

    def falls(self) -> tuple[Fall, ...]:
        """Wait for everything that was started and return when the gateway's process ended."""
        self.settled()
        if not self._looked:
            self._looked = True
            with contextlib.suppress(TimeoutError):
                self._network.run(self._parts.last_look(), self._deadline.patience_s)
        return self.seen_falls

    def surplus(self) -> tuple[Surplus, ...]:
        """Wait for everything that was started and return what came behind answers."""
        self.settled()
        return self._network.run(self._parts.connections.look())

    def forget(self, request_id: str) -> None:
        """Drop an exchange that is not asked for any more; its evidence is written."""
        if (gone := self._answers.forget(request_id)) is not None:
            self._parts.connections.kept.forget(gone.reply)

    # ------------------------------------------------------------ on the network's thread

    def _spawn(
        self, requests: list[Request], taken: list[Exchange], purpose: Purpose, *, ahead: bool
    ) -> None:
        if self._answers.broken is not None:
            return
        phases = self._parts.phases
        for exchange in taken:
            requests += self._settle(exchange, taken_over=True)
        phases.expect(requests)
        if ahead:
            for task in phases.send_ahead(requests, purpose):
                self._network.keep(task)
            return
        before = phases.take_ahead() if purpose == "plan" else []
        self._network.begin(self._run, requests, purpose, before)

    async def _run(self, requests: list[Request], purpose: Purpose, ahead: list[Ahead]) -> None:
        await self._parts.phases.run(requests, purpose, ahead)
        if lost := self._answers.missing(r.id for r in requests):
            raise RuntimeError(f"{len(lost)} requests were sent, and nobody settled them")

    def _fail(self, error: BaseException) -> None:
        """End the run: whoever waits gets the error, and no more is paid for what is not kept."""
        if self._answers.fail(error):
            self._network.cancel_soon()

    def _keep(self, exchange: Exchange) -> None:
        """Keep an exchange of the sender's own as evidence."""
        exchange = self._journal(exchange) or exchange
        self._answers.expect([exchange.request])
        self._answers.give(exchange)

    def _settle(self, exchange: Exchange, *, taken_over: bool = False) -> list[Request]:
        """Hand an exchange to those who wait for it; return what is to be asked in its place."""
        if taken_over:
            self._parts.take_over(exchange)
        else:
            exchange = self._journal(exchange) or exchange
        asked: list[Request] = []
        for request in () if exchange.ok else self._optional.get(exchange.id, ()):
            # It may be named twice, or have been sent in the place of another one.
            if request.id in self._answers:
                continue
            self._answers.expect([request])
            if known := resume.taken([request], self._known):
                asked += self._settle(known[request.id], taken_over=True)
            else:
                asked.append(request)
        self._answers.give(exchange)
        self._settled += 1
        # How a run is shown must not decide how it ends: what cannot be shown is not.
        with contextlib.suppress(Exception):
            self._on_progress(self._settled, self.spent)
        return asked
