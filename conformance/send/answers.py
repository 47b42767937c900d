"""The exchanges that checks wait for: each gets its answer, or the reason why none will come."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING

from conformance.errors import BrokenRunError, told

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.http.exchange import Exchange


class Answers:
    """A future for each request that was started, by its id; any thread may use it.

    Once `fail` was called, everything that has no answer yet gets that failure, and so does
    everything that is expected afterwards.
    """

    def __init__(self) -> None:
        self.broken: BrokenRunError | None = None
        self._futures: dict[str, Future[Exchange]] = {}
        self._finished: list[Exchange] = []
        self._lock = threading.Lock()

    def __contains__(self, id_: str) -> bool:
        return id_ in self._futures

    def expect(self, ids: Iterable[str]) -> None:
        """Prepare to be asked for these."""
        with self._lock:
            for id_ in ids:
                self._futures[id_] = Future()
                if self.broken is not None:
                    self._futures[id_].set_exception(self.broken)

    def give(self, exchange: Exchange) -> None:
        """Hand an exchange to those who wait for it; what came too late is left out."""
        with self._lock:
            future = self._futures.get(exchange.id)
            if future is not None and not future.done():
                future.set_result(exchange)

    def fail(self, error: BaseException) -> bool:
        """Tell everybody who waits, now or later, that no answer will come; return whether it is news."""
        with self._lock:
            if self.broken is not None:
                return False
            self.broken = (
                error if isinstance(error, BrokenRunError) else BrokenRunError(told(error))
            )
            self.broken.__cause__ = error if error is not self.broken else error.__cause__
            for future in self._futures.values():
                if not future.done():
                    future.set_exception(self.broken)
            return True

    def cancel(self) -> None:
        """Tell everybody who waits that the run was stopped."""
        for future in list(self._futures.values()):
            future.cancel()

    def wait(self, id_: str) -> Exchange:
        """Wait for one.

        Raises:
            BrokenRunError: the run cannot go on.
        """
        return self._futures[id_].result()

    def has_arrived(self, id_: str) -> bool:
        """Whether one is there."""
        return self._futures[id_].done()

    def settled(self) -> list[Exchange]:
        """Wait for all and return them in the order in which they were expected."""
        # Many checks ask for this, and once the run is through it is always the same.
        while len(self._finished) != len(self._futures):
            self._finished = [f.result() for f in list(self._futures.values())]
        return self._finished

    def arrived(self) -> list[Exchange]:
        """Return what is there, without waiting."""
        done = [f for f in list(self._futures.values()) if f.done() and not f.cancelled()]
        return [f.result() for f in done if f.exception() is None]

    def missing(self, ids: Iterable[str]) -> list[str]:
        """Return those that have no answer yet."""
        return [id_ for id_ in ids if id_ in self._futures and not self._futures[id_].done()]

    def forget(self, id_: str) -> None:
        """Drop one that is not asked for any more."""
        self._futures.pop(id_, None)
        self._finished = []
