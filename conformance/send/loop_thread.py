"""A thread that runs an event loop, so that checks judge while answers come in."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

Found = TypeVar("Found")


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

    def run(self, work: Coroutine[Any, Any, Found]) -> Found:
        """Run a coroutine on the thread and wait for what it returns."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

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
        """End the loop and its thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _cancel(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
