"""A thread that runs an event loop, so that checks judge while answers come in."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

# So long a thread that waits for this one does so while it is busy with something else.
ENDS_S = 30.0


class LoopThread:
    """An event loop on a thread of its own, and the tasks that run there."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._tasks: set[asyncio.Future[Any]] = set()

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def call(self, function: Callable[[], object]) -> None:
        """Call a function on the thread, after all that was handed to it before."""
        self._loop.call_soon_threadsafe(function)

    def run(self, work: Coroutine[Any, Any, object], most_s: float = ENDS_S) -> None:
        """Run a coroutine on the thread and wait until it ends, but no longer than so many seconds."""
        with contextlib.suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(work, self._loop).result(most_s)

    def begin(self, work: Callable[..., Coroutine[Any, Any, object]], *arguments: Any) -> None:
        """Begin a coroutine on the thread, after all that was handed to it before."""
        self.call(lambda: self.keep(asyncio.ensure_future(work(*arguments))))

    def keep(self, task: asyncio.Future[Any]) -> None:
        """Keep a task of this loop until it is done; `cancel` ends it early."""
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def cancel(self) -> None:
        """Cancel every task that is kept, and wait for their ends."""
        self.run(self._cancel())

    def stop(self) -> None:
        """End the loop and its thread; one that is too busy to end does so with the process."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(ENDS_S)
        if not self._thread.is_alive():
            self._loop.close()

    async def _cancel(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
