"""Clocks for tests: one on which hours pass at once, for pure parts and for real servers."""

from __future__ import annotations

import asyncio
import selectors
from typing import TYPE_CHECKING, Any, TypeVar

from conformance.send.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

Found = TypeVar("Found")


class _Selector(selectors.SelectSelector):
    """Lets the time until the next timer pass at once, instead of waiting for it."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        assert timeout is not None, "every task waits for another one"
        self.passed += timeout
        return super().select(0)


class _Loop(asyncio.SelectorEventLoop):
    """An event loop on virtual time, for what opens no connection."""

    def __init__(self) -> None:
        self._virtual = _Selector()
        super().__init__(self._virtual)

    def time(self) -> float:
        return self._virtual.passed


def virtually(work: Callable[[Clock], Coroutine[Any, Any, Found]]) -> Found:
    """Run a coroutine with a clock of virtual time, in which all its tasks sleep together."""

    async def main() -> Found:
        return await work(Clock(asyncio.get_running_loop().time, asyncio.sleep))

    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(main())


class Skipping:
    """A clock beside real servers: its sleeps are over at once, and their time has passed."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self.clock = Clock(self.now, self._sleep)
        self._due: list[tuple[float, Callable[[], None]]] = []

    def now(self) -> float:
        return sum(self.slept)

    def at(self, seconds: float, function: Callable[[], None]) -> None:
        """Call a function as soon as so much time has been slept away."""
        self._due.append((seconds, function))

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        while self._due and self._due[0][0] <= self.now():
            self._due.pop(0)[1]()
        await asyncio.sleep(0)
