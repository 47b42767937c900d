"""Sends requests and returns exchanges: concurrently, bounded in time, size, money and redirects.

A thread of its own runs the network, so that judging goes on while answers come in. Four rules
keep a verdict fair:

- A 408, 409, 425, 429, or a 503 with Retry-After, is sent again after a pause (`pacing`).
- A surprise (see `surprise`) is sent once more, alone and on a new connection; both are kept.
- A gateway that went down is given time to come back; what merely met its fall is not blamed.
- A request that asks for several things at once and is not accepted is taken apart.
"""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import threading
import time
from collections import Counter
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Self, TypeVar

from conformance.evidence import resume
from conformance.http import payload, status
from conformance.http.exchange import MAIN, Attempt, Exchange
from conformance.send import outage, recheck, retry, transport
from conformance.send.barrier import Barrier
from conformance.send.budget import Budget
from conformance.send.canary import overheard
from conformance.send.downloads import fetch_urls
from conformance.send.limiter import Limiter, WaitBudget
from conformance.send.usage import Usage

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Coroutine, Iterable, Mapping

    from conformance.http.exchange import Request
    from conformance.send.usage import Purpose
    from conformance.target.options import Limits
    from conformance.target.target import Target

    Ahead = asyncio.Task[Exchange | None]

MORE_LOOKS = 3
Found = TypeVar("Found")


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
        before: Sender | None = None,
        known: Mapping[str, Exchange] | None = None,
    ) -> None:
        self.spent: Usage = before.spent if before else Usage()
        self.windows: dict[str, list[tuple[float, float | None]]] = {}
        self._clean = clean
        self.canary_hits: list[str] = []
        self._target = target
        self._limits = limits
        self._journal = journal
        self._canary = canary
        self._on_progress = on_progress
        self._futures: dict[str, Future[Exchange]] = {}
        self._finished: list[Exchange] = []
        # What is asked alone should a request not be accepted, by that request's id.
        self._alone: dict[str, list[Request]] = {}
        self._arrived: dict[str, asyncio.Event] = {}
        self._bursts: Counter[str] = Counter()
        self._barriers: dict[str, Barrier] = {}
        self._recheck = recheck.RecheckPolicy()
        self._known = known or {}
        self._budget: Budget = Budget(limits.max_images, before._budget if before else None)  # noqa: SLF001 - of its own class
        self._wait_budget = WaitBudget()
        self._limiter = Limiter(limits.concurrency, grows=not limits.concurrency)
        self._purposes: dict[str, Purpose] = {}
        self._settled = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name="sender", daemon=True)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._ahead: list[Ahead] = []

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def at_once(self) -> int:
        """How many requests may be in flight now."""
        return self._limiter.size

    def start(
        self,
        requests: Iterable[Request],
        optional: Iterable[Request] = (),
        purpose: Purpose = "plan",
        *,
        ahead: bool = False,
    ) -> None:
        """Send these requests, phase by phase; `optional` ones only where they are needed.

        What is sent `ahead` is looked at twice, and asked apart, with what is started after it.
        """
        wanted = [r for r in requests if r.id not in self._futures]
        for request in wanted:
            self._expect(request)
            self._purposes[request.id] = purpose
        taken = resume.taken(wanted, self._known)
        left = [r for r in wanted if r.id not in taken]
        self._bursts.update(Counter(r.burst for r in left if r.burst))
        for request in optional:
            for id_ in request.asked_in:
                self._alone.setdefault(id_, []).append(request)
        how = "ahead" if ahead else purpose
        self._loop.call_soon_threadsafe(self._spawn, left, list(taken.values()), how)

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
        """Wait for everything that was started and return it in the order of its start.

        Many ask for this, and at the end it is always the same.
        """
        while len(self._finished) != len(self._futures):
            self._finished = [f.result() for f in list(self._futures.values())]
        return self._finished

    def arrived(self) -> list[Exchange]:
        """Return what has been settled so far, without waiting."""
        done = [f for f in list(self._futures.values()) if f.done()]
        return [f.result() for f in done if f.exception() is None]

    def forget(self, request_id: str) -> None:
        """Drop an exchange that nobody asks for any more; its evidence is written."""
        for kept in (self._futures, self._arrived, self._purposes):
            kept.pop(request_id, None)
        self._finished = []

    # ------------------------------------------------------------ on the network's thread

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _open(self) -> None:
        self._outage = outage.OutageMonitor(self._target, self._limits.timeout_s)
        self._transport = transport.Transport(self._target)
        self._named: dict[str, tuple[asyncio.Lock, transport.Transport]] = {}
        self._server = None
        if self._canary is not None:
            self._server = await overheard(self._canary, self.canary_hits)

    async def _close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for future in [f for f in self._futures.values() if not f.done()]:
            future.cancel()
        if self._server is not None:
            self._server.close()
        for _, own in self._named.values():
            await own.close()
        await self._transport.close()

    def _spawn(self, requests: list[Request], taken: list[Exchange], how: str) -> None:
        for exchange in taken:
            self._take_over(exchange, requests)
        if how == "ahead":
            self._ahead += [self._task(self._first_look(r, [])) for r in requests]
        elif how == "plan":
            ahead, self._ahead = self._ahead, []
            self._task(self._phases(requests, ahead))
        else:
            self._task(self._phases(requests, []))

    def _task(self, work: Coroutine[Any, Any, Found]) -> asyncio.Task[Found]:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _phases(self, requests: list[Request], ahead: list[Ahead]) -> None:
        try:
            for phase in sorted({r.phase for r in requests} or {MAIN}):
                await self._all([r for r in requests if r.phase == phase], ahead)
                ahead = []
        except Exception as broken:  # noqa: BLE001 - whoever waits for an answer is told of it
            for future in [f for f in self._futures.values() if not f.done()]:
                future.set_exception(broken)

    async def _all(self, requests: list[Request], ahead: list[Ahead]) -> None:
        apart: list[Request] = []
        first = await asyncio.gather(*(self._first_look(r, apart) for r in requests))
        if any(first):
            # Whoever looks twice does so alone, and so once nothing is in flight any more.
            ahead, self._ahead = [*ahead, *self._ahead], []
        first += await asyncio.gather(*ahead)
        fallen = next((e for e in first if e is not None and e.failure == "dropped"), None)
        if fallen is not None:
            await self._outage.recovered(fallen)
        second = await self._looked_at_again([e for e in first if e is not None])
        for _ in range(MORE_LOOKS):
            # Where some changed, the others may have met the same mishap twice.
            fell = self._outage.had_outage or any(map(recheck.broke_twice, second))
            for exchange in map(recheck.excused, second) if fell else second:
                self._recheck.settled(exchange)
            still = [e for e in second if recheck.needs_recheck(e)]
            if not self._recheck.unsteady or not still:
                break
            settled = [e for e in second if not recheck.needs_recheck(e)]
            second = [*settled, *await self._looked_at_again(still)]
        fell = self._outage.had_outage or any(recheck.broke_twice(e) for e in second)
        for exchange in second:
            self._settle(recheck.excused(exchange) if fell else exchange, apart)
        if apart:
            await self._all(apart, [])

    async def _looked_at_again(self, exchanges: list[Exchange]) -> list[Exchange]:
        found = []
        for exchange in exchanges:
            found.append(await self._second_look(exchange))
            await self._outage.recovered(found[-1])
        return found

    async def _first_look(self, request: Request, apart: list[Request]) -> Exchange | None:
        """Send a request; settle it here unless its answer is a surprise."""
        first = self._arrived.get(request.after or "")
        late = first is not None and not first.is_set() and await first.wait()
        if request.connection:
            exchange = await self._on_named_connection(request)
        else:
            exchange = await self._patiently(
                request, self._transport, self._hold(request), late=late
            )
        self._arrived[request.id].set()
        if recheck.needs_recheck(exchange) or self._recheck.about(exchange):
            return exchange
        self._settle(exchange, apart)
        return None

    def _hold(self, request: Request) -> transport.Hold | None:
        """Return what a member of a burst waits for before it is finished."""
        parties = self._bursts[request.burst]
        if not request.burst or parties < 2:  # noqa: PLR2004 - nobody to meet
            return None
        meeting = self._barriers.setdefault(
            request.burst, Barrier(parties, lambda: self._limiter.size)
        )
        return meeting.arrive

    async def _on_named_connection(self, request: Request) -> Exchange:
        if request.connection not in self._named:
            own = transport.Transport(self._target)
            self._named[request.connection] = (asyncio.Lock(), own)
        lock, own = self._named[request.connection]
        async with lock:
            return await self._patiently(request, own)

    async def _second_look(self, first: Exchange) -> Exchange:
        if first.failure in ("budget", "down"):
            return first
        own = transport.Transport(self._target)
        try:
            second = await self._patiently(first.request, own, purpose="second look")
        finally:
            await own.close()
        return self._recheck.looked_twice(first, second)

    async def _patiently(
        self,
        request: Request,
        through: transport.Transport,
        hold: transport.Hold | None = None,
        purpose: Purpose | None = None,
        *,
        late: bool = False,
    ) -> Exchange:
        """Send a request, and again after a pause while it is only put off.

        Whoever waits holds no place: what is sent again, or is `late` because it waited for
        another one, comes before what was not sent yet.
        """
        earlier: list[Attempt] = []
        waited, purpose = 0.0, purpose or self._purposes.get(request.id, "plan")
        while True:
            async with self._limiter.place(again=late or bool(earlier)) as entered:
                exchange = await self._once(
                    request, through, None if earlier else hold, purpose, len(earlier)
                )
                wait = retry.pause_before_next(exchange, len(earlier))
                too_long = wait is None or waited + wait > retry.PAUSE_BUDGET_S
                goes_on = not too_long and self._wait_budget.allows(wait or 0.0)
                if wait is not None and retry.is_rate_limit(exchange):
                    self._limiter.too_many(wait if goes_on else 0.0, entered)
            if wait is None or not goes_on:
                break
            self.spent.waited_s = self._wait_budget.waited_s
            earlier.append(recheck.attempt_of(exchange))
            waited += wait
            await asyncio.sleep(wait)
        if exchange.ok or status.is_refusal(exchange):
            made = payload.pictures_in(exchange)
            self._limiter.answered(exchange.elapsed_s / made if made else None)
        return dataclasses.replace(exchange, earlier=(*earlier, *exchange.earlier))

    async def _once(
        self,
        request: Request,
        through: transport.Transport,
        hold: transport.Hold | None,
        purpose: Purpose,
        tries: int,
    ) -> Exchange:
        if not await self._budget.reserve(request):
            text = f"--max-images {self._limits.max_images} is spent"
            return Exchange(request, None, "budget", text)
        self.spent.began(purpose, tries)
        exchange = Exchange(request, None, "dropped", "the run was stopped")
        self.windows.setdefault(request.id, []).append((time.time(), None))
        try:
            paid = functools.partial(self._budget.reserve_more, request)
            exchange = self._clean(await self._outage.send(request, through, hold, paid))
        finally:
            self.windows[request.id][-1] = (self.windows[request.id][-1][0], time.time())
            self._budget.charge(exchange)
            self._budget.give_back(request)
            self.spent.ended(purpose, exchange)
            self.spent.uncertain = self._budget.uncertain
        if exchange.ok and self._target.fetch:
            fetched = await fetch_urls(exchange, self._target, self._limits.timeout_s)
            exchange = dataclasses.replace(exchange, fetched=fetched)
        return exchange

    def _settle(self, exchange: Exchange, apart: list[Request]) -> None:
        """Give an exchange to whoever waits for it; what it asked together is to be asked alone."""
        self._journal(exchange)
        self._done(exchange, apart)

    def _take_over(self, exchange: Exchange, apart: list[Request]) -> None:
        self.spent.took_over(exchange)
        self._budget.charge(exchange)
        self._recheck.settled(exchange)
        self._arrived[exchange.id].set()
        self._done(exchange, apart)

    def _done(self, exchange: Exchange, apart: list[Request]) -> None:
        if not exchange.ok:
            for alone in self._alone.get(exchange.id, ()):
                if alone.id not in self._futures:
                    self._expect(alone)
                    if taken := resume.taken([alone], self._known):
                        self._take_over(taken[alone.id], apart)
                    else:
                        apart.append(alone)
        self._futures[exchange.id].set_result(exchange)
        self._settled += 1
        self._on_progress(self._settled, self.spent)

    def _expect(self, request: Request) -> None:
        self._futures[request.id] = Future()
        self._arrived[request.id] = asyncio.Event()
