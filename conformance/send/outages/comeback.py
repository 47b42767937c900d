"""Waits until a gateway answers again: bounded in each wait, and in all waits of a run together."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from conformance.send.clock import Clock

# One wait, and how often it looks.
OUTAGE_S, STEP_S = 15.0, 0.25
STEPS = round(OUTAGE_S / STEP_S)
# All waits of one run.
MOST_S = 180.0


class Comeback:
    """The waits of one run for a gateway that broke connections; of the network's thread.

    What did not come back once is not waited for again: there is one look then, until one succeeds.
    A gateway that takes a look and says nothing is not looked at again at all.
    """

    def __init__(self, clock: Clock, waited: Callable[[float], None] = lambda _s: None) -> None:
        """Begin; `waited` is told how long each wait took."""
        self._clock = clock
        self._waited = waited
        self._spent_s = 0.0
        self._in_vain = False
        self._silent = False

    async def until(self, look: Callable[[], Awaitable[bool | None]]) -> int | None:
        """Look until the gateway is back; return after how many tries, or None if it is not.

        Args:
            look: returns whether it is back; None if it takes the request and says nothing, so that
                waiting is of no use.
        """
        if self._silent or self._spent_s >= MOST_S:
            return None
        began, real = self._clock.now(), time.monotonic()
        tries = await self._look(look, 1 if self._in_vain else STEPS)
        # A look takes real time, a pause that of the clock.
        took_s = max(self._clock.now() - began, time.monotonic() - real)
        self._spent_s += took_s
        self._in_vain = tries is None
        self._waited(took_s)
        return tries

    async def _look(self, look: Callable[[], Awaitable[bool | None]], steps: int) -> int | None:
        until = time.monotonic() + OUTAGE_S
        for tries in range(steps):
            found = await look()
            if found is None:
                self._silent = True
            if found is not False:
                return tries
            if steps > 1:
                await self._clock.sleep(STEP_S)
            if time.monotonic() >= until:
                break
        return None
