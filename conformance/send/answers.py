"""The exchanges that checks wait for: each gets its answer, or the reason why none will come."""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING

from conformance.errors import BrokenRunError, told

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.http.exchange import Exchange
    from conformance.http.request import Request
    from conformance.send.deadlines.deadline import Deadline


class Pending(Future["Exchange"]):
    """The exchange of a request, once there is one."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        self.request = request


class Answers:
    """A future for each request that was started, by its id; any thread may use it.

    `deadline` is the time of the run. Once `fail` was called, everything that has no answer yet gets that failure, and so does
    everything that is expected afterwards.
    """

    def __init__(self, deadline: Deadline) -> None:
        self.broken: BrokenRunError | None = None
        self._deadline = deadline
        self._futures: dict[str, Pending] = {}
        self._finished: list[Exchange] = []
        self._lock = threading.Lock()

    def __contains__(self, id_: str) -> bool:
        return id_ in self._futures

    def expect(self, requests: Sequence[Request]) -> None:
        """Prepare to be asked for the exchanges of these."""
        self._deadline.expects(requests)
        with self._lock:
            for request in requests:
                self._futures[request.id] = Pending(request)
                if self.broken is not None:
                    self._futures[request.id].set_exception(self.broken)

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

    def give_up(self) -> None:
        """Settle everything that has no answer yet: the run's time is over."""
        for pending in list(self._futures.values()):
            self.give(self._deadline.given_up(pending.request))

    def cancel(self) -> None:
        """Tell everybody who waits that the run was stopped."""
        for future in list(self._futures.values()):
            future.cancel()

    def wait(self, id_: str) -> Exchange:
        """Wait for one, but no longer than the run may take.

        If the network's thread does not give up in time, because it is busy, this one does.

        Raises:
            BrokenRunError: the run cannot go on.
        """
        pending = self._futures[id_]
        while not pending.done():
            with contextlib.suppress(TimeoutError):
                return pending.result(self._deadline.patience_s)
            if not pending.done() and self._deadline.look():
                self.give(self._deadline.given_up(pending.request))
        return pending.result()

    def has_arrived(self, id_: str) -> bool:
        """Whether one is there."""
        return self._futures[id_].done()

    def settled(self) -> list[Exchange]:
        """Wait for all and return them in the order in which they were expected."""
        # Many checks ask for this, and once the run is through it is always the same.
        while len(self._finished) != len(self._futures):
            self._finished = [self.wait(id_) for id_ in list(self._futures)]
        return self._finished

    def arrived(self) -> list[Exchange]:
        """Return what is there, without waiting."""
        done = [f for f in list(self._futures.values()) if f.done() and not f.cancelled()]
        return [f.result() for f in done if f.exception() is None]

    def missing(self, ids: Iterable[str]) -> list[str]:
        """Return those that have no answer yet."""
        return [id_ for id_ in ids if id_ in self._futures and not self._futures[id_].done()]

    def forget(self, id_: str) -> Exchange | None:
        """Drop one that is not asked for any more; return it, if it is there."""
        pending, self._finished = self._futures.pop(id_, None), []
        if pending is None or not pending.done() or pending.cancelled() or pending.exception():
            return None
        return pending.result()
