"""A thread that runs an event loop, so that checks judge while answers come in.

Whatever fails there is told to `on_failure`: nobody waits for what will never come.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from conformance.errors import BrokenRunError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from concurrent.futures import Future

Found = TypeVar("Found")
# How often to look whether the thread that should answer is still there.
LOOK_S = 0.5
# How long tasks that were cancelled get to end, and connections to close.
END_S = 10.0


class LoopThread:
    """An event loop on a thread of its own, and the tasks that run there.

    `on_failure` gets, on that thread, whatever a task or a function raises that is not waited for,
    and why the loop itself ended before `stop`.
    """

    def __init__(
        self, name: str, on_failure: Callable[[BaseException], object] = lambda _: None
    ) -> None:
        self._loop = asyncio.new_event_loop()
        # What nobody waits for is told to `on_failure`, and not to standard error as well.
        self._loop.set_exception_handler(lambda _loop, _context: None)
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._tasks: set[asyncio.Future[Any]] = set()
        self._on_failure = on_failure
        self._stopping = False

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def call(self, function: Callable[[], object]) -> None:
        """Call a function on the thread, after all that was handed to it before."""

        def guarded() -> None:
            try:
                function()
            except Exception as error:  # noqa: BLE001 - whoever waits for it must not wait for ever
                self._on_failure(error)

        try:
            self._loop.call_soon_threadsafe(guarded)
        except RuntimeError as error:  # the loop has ended
            self._on_failure(error)

    def run(self, work: Coroutine[Any, Any, Found], within_s: float | None = None) -> Found:
        """Run a coroutine on the thread and wait for what it returns.

        Raises:
            BrokenRunError: the thread has ended.
            TimeoutError: it took longer than `within_s`.
        """
        if not self._thread.is_alive():
            work.close()
            raise BrokenRunError("the network's thread has ended")
        found: Future[Found] = asyncio.run_coroutine_threadsafe(work, self._loop)
        left = within_s
        while True:
            try:
                return found.result(LOOK_S if left is None else min(LOOK_S, left))
            except TimeoutError:
                if found.done():
                    raise  # the coroutine's own
                if not self._thread.is_alive():
                    raise BrokenRunError("the network's thread has ended") from None
                if left is not None and (left := left - LOOK_S) <= 0:
                    found.cancel()
                    raise

    def begin(self, work: Callable[..., Coroutine[Any, Any, object]], *arguments: Any) -> None:
        """Begin a coroutine on the thread, after all that was handed to it before."""
        self.call(lambda: self.keep(asyncio.ensure_future(work(*arguments))))

    def keep(self, task: asyncio.Future[Any]) -> None:
        """Keep a task of this loop until it is done; `cancel` ends it early."""
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def cancel(self) -> None:
        """Cancel every task that is kept, and wait a while for their ends."""
        self._try_to(self._cancel())

    def cancel_soon(self) -> None:
        """Cancel every task but the one that asks for it, kept or not; call this on the thread."""
        try:
            asking = asyncio.current_task(self._loop)
        except RuntimeError:
            asking = None
        for task in asyncio.all_tasks(self._loop):
            if task is not asking:
                task.cancel()

    def finish(self, last: Coroutine[Any, Any, object]) -> None:
        """Run a last coroutine for a while at most, and end the loop and its thread."""
        self._try_to(last)
        self._stopping = True
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(END_S)
        if not self._thread.is_alive() and not self._loop.is_closed():
            self._loop.close()

    def _try_to(self, work: Coroutine[Any, Any, object]) -> None:
        """Run a coroutine; a run that ends must end, whatever is broken."""
        with contextlib.suppress(Exception):
            self.run(work, END_S)

    async def _cancel(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Future[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._on_failure(error)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        why: BaseException = RuntimeError("its event loop was stopped")
        try:
            self._loop.run_forever()
        except BaseException as error:  # noqa: BLE001 - a loop ends with what is no Exception, too
            why = error
        if not self._stopping:
            self._on_failure(why)
