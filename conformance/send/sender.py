"""Sends requests in the background and returns their exchanges, bounded in time, size and money.

A thread of its own runs the network, so that checks judge while answers come in. Four rules keep a
verdict fair:

- A 408, 409, 425, 429, or a 503 with Retry-After, is sent again after a pause (`retry`).
- An unexpected answer is confirmed: the request is sent once more, alone and on a new connection,
  and both answers are kept (`recheck`).
- A gateway that went down gets time to come back; requests that met its fall are excused (`outage`).
- A request that asks for several things at once and is not accepted is taken apart (`phases`).
"""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING, Self

from conformance.evidence import resume
from conformance.send.budget import Budget
from conformance.send.canary import listen
from conformance.send.clock import REAL
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
    from conformance.send.falls import Fall
    from conformance.send.kept import Surplus
    from conformance.send.phases import Ahead
    from conformance.send.recheck import Mismatch
    from conformance.target.options import Limits
    from conformance.target.target import Target


class Sender:
    """Sends a plan in the background; `exchange(id)` waits for one exchange."""

    def __init__(
        self,
        target: Target,
        limits: Limits,
        journal: Callable[[Exchange], None],
        *,
        canary: socket.socket | None = None,
        on_progress: Callable[[int, Usage], None] = lambda _done, _spent: None,
        clean: Callable[[Exchange], Exchange] = lambda exchange: exchange,
        known: Mapping[str, Exchange] | None = None,
        budget: Budget | None = None,
        usage: Usage | None = None,
        mismatch: Mismatch = matches,
        renewed: Callable[[Request], Request | None] = not_renewed,
        spare: Spare | None = None,
        clock: Clock = REAL,
    ) -> None:
        """Prepare to send.

        Args:
            target: where to.
            limits: how many at once, how long, and how many pictures.
            journal: takes each exchange as it settles, on the network's thread.
            canary: the socket of the suite's own canary.
            on_progress: told how many exchanges are settled, and what they cost.
            clean: takes the stand-in provider's credential out of an exchange.
            known: what an earlier run settled, by id (`--resume`).
            budget: the pictures that may be spent; one of `limits` if none is handed in.
            usage: what has been spent so far; nothing if none is handed in.
            mismatch: says in what a success is not the one that was asked for.
            renewed: returns a request with a picture that nobody sent yet, to be sent if a cache
                that this run did not fill answered it; or None.
            spare: the faulty requests that need not be sent; none if none is handed in.
            clock: the clock of pauses, bursts and outages.
        """
        self.spent = usage or Usage()
        self.canary_hits: list[str] = []
        self._journal = journal
        self._on_progress = on_progress
        self._known = known or {}
        self._futures: dict[str, Future[Exchange]] = {}
        self._finished: list[Exchange] = []
        self._settled = 0
        self._looked = False
        # The requests that ask for one thing each, by the id of the one that asks for all of them.
        self._optional: dict[str, list[Request]] = {}
        self._parts = Parts.of(
            target,
            limits,
            self._settle,
            budget=budget or Budget(limits.max_images),
            usage=self.spent,
            clean=clean,
            mismatch=mismatch,
            hits=Hits(renewed),
            spare=spare or Spare({}, UNLIMITED),
            clock=clock,
            keep=self._keep,
        )
        self.windows: Windows = self._parts.attempts.windows
        self._network = LoopThread("sender")
        if canary is not None:
            self._network.begin(listen, canary, self.canary_hits)

    def __enter__(self) -> Self:
        self._network.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._network.cancel()
        for future in list(self._futures.values()):
            future.cancel()
        self._network.run(self._parts.connections.close())
        self._network.stop()

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
        wanted = [r for r in requests if r.id not in self._futures]
        self._futures.update((r.id, Future()) for r in wanted)
        taken = resume.taken(wanted, self._known)
        left = [r for r in wanted if r.id not in taken]
        for request in optional:
            for id_ in request.asked_in:
                self._optional.setdefault(id_, []).append(request)
        over = list(taken.values())
        self._network.call(lambda: self._spawn(left, over, purpose, ahead=ahead))

    def exchange(self, request_id: str) -> Exchange:
        """Wait for the exchange of a request that was started."""
        return self._futures[request_id].result()

    def has_arrived(self, request_id: str) -> bool:
        """Whether the exchange of a request that was started is settled."""
        return self._futures[request_id].done()

    def send(self, request: Request) -> Exchange:
        """Send one request of the preflight now and wait for its exchange."""
        self.start([request], purpose="preflight")
        return self.exchange(request.id)

    def settled(self) -> list[Exchange]:
        """Wait for everything that was started and return it in the order of its start."""
        # Many checks ask for this, and once the run is through it is always the same.
        while len(self._finished) != len(self._futures):
            self._finished = [f.result() for f in list(self._futures.values())]
        return self._finished

    def arrived(self) -> list[Exchange]:
        """Return what has been settled so far, without waiting."""
        done = [f for f in list(self._futures.values()) if f.done()]
        return [f.result() for f in done if f.exception() is None]

    @property
    def seen_falls(self) -> tuple[Fall, ...]:
        """When the gateway's process ended, as far as that was seen yet."""
        return tuple(self._parts.falls.all)

    def falls(self) -> tuple[Fall, ...]:
        """Wait for everything that was started and return when the gateway's process ended."""
        self.settled()
        if not self._looked:
            self._looked = True
            self._network.run(self._parts.last_look())
        return self.seen_falls

    def surplus(self) -> tuple[Surplus, ...]:
        """Wait for everything that was started and return what came behind answers."""
        self.settled()
        return self._network.run(self._parts.connections.look())

    def forget(self, request_id: str) -> None:
        """Drop an exchange that is not asked for any more; its evidence is written."""
        self._futures.pop(request_id, None)
        self._finished = []

    # ------------------------------------------------------------ on the network's thread

    def _spawn(
        self, requests: list[Request], taken: list[Exchange], purpose: Purpose, *, ahead: bool
    ) -> None:
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
        try:
            await self._parts.phases.run(requests, purpose, ahead)
        except Exception as broken:  # noqa: BLE001 - the checks that wait for an answer get the error
            for future in [f for f in self._futures.values() if not f.done()]:
                future.set_exception(broken)

    def _keep(self, exchange: Exchange) -> None:
        """Keep an exchange of the sender's own as evidence."""
        self._journal(exchange)
        self._futures[exchange.id] = Future()
        self._futures[exchange.id].set_result(exchange)

    def _settle(self, exchange: Exchange, *, taken_over: bool = False) -> list[Request]:
        """Hand an exchange to those who wait for it; return what is to be asked in its place."""
        if taken_over:
            self._parts.take_over(exchange)
        else:
            self._journal(exchange)
        asked: list[Request] = []
        for request in () if exchange.ok else self._optional.get(exchange.id, ()):
            # It may be named twice, or have been sent in the place of another one.
            if request.id in self._futures:
                continue
            self._futures[request.id] = Future()
            if known := resume.taken([request], self._known):
                asked += self._settle(known[request.id], taken_over=True)
            else:
                asked.append(request)
        self._futures[exchange.id].set_result(exchange)
        self._settled += 1
        self._on_progress(self._settled, self.spent)
        return asked
