"""Holds work on the network's thread to the time of a run."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from conformance.send.deadlines.deadline import Deadline

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

    async def watch(self, give_up: Callable[[], object]) -> None:
        """Wait until the run's time is over, and then end what is running.

        `give_up` is called at last: it settles whatever has not ended by itself.
        """
        deadline = self.deadline
        while not deadline.look():  # noqa: ASYNC110 - the bound moves while answers come
            await asyncio.sleep(min(max(deadline.left_s, 0.001), LOOK_S))
        _expire(self._leaving)
        await asyncio.sleep(deadline.grace_s)
        _expire(self._running)
        await asyncio.sleep(SETTLES_S)
        give_up()


def _expire(bounds: set[asyncio.Timeout]) -> None:
    now = asyncio.get_running_loop().time()
    for bound in bounds:
        bound.reschedule(now)
