"""Holds work to the time of a run: on the network's thread, and where another thread waits for it."""

from __future__ import annotations

import asyncio
import contextlib
from concurrent.futures import Future, InvalidStateError
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping
    from typing import Any

    from conformance.http.exchange import Exchange
    from conformance.http.request import Request
    from conformance.send.deadline import Deadline

Found = TypeVar("Found")

# How often to look whether the time is over: the bound may move while answers come.
LOOK_S = 0.5
# So long after the end what was given up has settled by itself.
SETTLES_S = 1.0


class Bounded:
    """The work of one sender that ends with the time of its run; of the network's thread."""

    def __init__(self, deadline: Deadline) -> None:
        self.deadline = deadline
        self._running: set[asyncio.Timeout] = set()
        # What may be left at once, since an answer is there already.
        self._leaving: set[asyncio.Timeout] = set()

    async def within(
        self,
        work: Coroutine[Any, Any, Found],
        otherwise: Callable[[], Found],
        *,
        at_once: bool = False,
    ) -> Found:
        """Return what work comes to, or something else if the run's time is over before.

        Args:
            work: what to do; it is not begun once the time is over.
            otherwise: returns what stands in its place.
            at_once: whether it is given up without the grace that requests in flight have.
        """
        if self.deadline.over:
            work.close()
            return otherwise()
        kept = self._leaving if at_once else self._running
        bound = asyncio.timeout(None)
        try:
            async with bound:
                kept.add(bound)
                return await work
        except TimeoutError:
            if not bound.expired():
                raise
            return otherwise()
        finally:
            kept.discard(bound)

    async def watch(self, pending: Mapping[str, Pending]) -> None:
        """Wait until the run's time is over, and then give up what is running, and all that waits."""
        deadline = self.deadline
        while not deadline.look():  # noqa: ASYNC110 - the bound moves while answers come
            await asyncio.sleep(min(max(deadline.left_s, 0.001), LOOK_S))
        _expire(self._leaving)
        await asyncio.sleep(deadline.grace_s)
        _expire(self._running)
        await asyncio.sleep(SETTLES_S)
        for one in list(pending.values()):
            deliver(one, deadline.given_up(one.request))


def _expire(bounds: set[asyncio.Timeout]) -> None:
    now = asyncio.get_running_loop().time()
    for bound in bounds:
        bound.reschedule(now)


class Pending(Future["Exchange"]):
    """The exchange of a request, once there is one."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        self.request = request


def awaited(future: Pending, deadline: Deadline) -> Exchange:
    """Wait for an exchange that the network's thread will set, but no longer than the run may take.

    If that thread does not give up in time, because it is busy, this one does.
    """
    while not future.done():
        with contextlib.suppress(TimeoutError):
            return future.result(deadline.patience_s)
        if not future.done() and deadline.look():
            deliver(future, deadline.given_up(future.request))
    return future.result()


def deliver(future: Pending | None, exchange: Exchange) -> None:
    """Hand an exchange to those who wait for it, unless another one came before."""
    if future is not None:
        with contextlib.suppress(InvalidStateError):
            future.set_result(exchange)
