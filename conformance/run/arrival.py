"""Looks whether anybody answers at the gateway's address, before the run spends anything.

**Why a look comes first.** A good request may take as long as a model draws: forty seconds are no
fault, so an answer that is not there yet says nothing, and a server that never answers would cost
whole time-outs. A look asks for nothing (GET on the endpoint's path, without a credential), so every
server answers it at once: with 401, 404 or 405. It is sent before any good request and alone. A gateway
that serves one request at a time is then not busy with a picture of ours, which a look that is sent
beside a slow request could not tell from silence. Whoever answers the look gets all of `--timeout` for
each good request. Whoever says nothing for half of `ANSWER_S` is asked in another way, with an empty POST,
which any gateway refuses at once: one that hangs on GET alone is there. Whoever answers neither in
`ANSWER_S` is not there.

**With `--wait S`** the look is repeated until somebody answers, for a gateway that starts beside the
run. A 502, 503 or 504 is waited through, too: it is how a proxy says that nobody listens behind it yet. A
reason that no waiting changes (a certificate that nobody trusts, a port that speaks no HTTP) ends the
wait at once, and the preflight says what it is.

A look is no evidence: no check reads it, the ledger does not count it, and it blames nobody.
"""

from __future__ import annotations

import asyncio
import dataclasses
import time
from typing import TYPE_CHECKING

from conformance.http.hurdles import CLOSED, NO_PROXY, PROXY_REFUSES, SLOW, hurdle_in
from conformance.reports.text import one_line
from conformance.send.loop_thread import LoopThread
from conformance.send.outages.falls import BAD_GATEWAY
from conformance.send.wire.transport import Transport

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.http.exchange import Exchange
    from conformance.http.request import Request
    from conformance.target.target import Target

# So long a look may take until somebody answers it, and its connection until it is there.
ANSWER_S, CONNECT_S = 10.0, 2.0
# The first pause between two looks, and the longest.
PAUSE_S, LONGEST_PAUSE_S = 0.25, 2.0
# After so many seconds somebody who waits hears why, and again each time that it took three times as long.
FIRST_WORD_S, NEXT_WORD = 3.0, 3.0
# What may still change while a gateway starts: the port is open before somebody speaks there.
PASSING = (CLOSED, SLOW, NO_PROXY, PROXY_REFUSES)


def is_there(
    target: Target,
    request: Request,
    *,
    timeout_s: float,
    wait_s: float,
    say: Callable[[str], None],
) -> bool:
    """Return whether somebody is at the address: only a server that stays silent is nobody.

    A connection that does not come about is left to the preflight, which says why.

    Args:
        target: the gateway.
        request: the look, a GET without a body.
        timeout_s: how long one exchange may take; a look takes no longer.
        wait_s: so many seconds a gateway gets to start; 0 for none.
        say: gets what is waited for, in one line, if that takes long.
    """
    network = LoopThread("looking")
    network.start()
    try:
        looking = _Looking(target, request, min(timeout_s, ANSWER_S), wait_s, say)
        return network.run(looking.until_there())
    finally:
        network.cancel()
        network.finish(asyncio.sleep(0))


class _Looking:
    """The looks at one address."""

    def __init__(
        self,
        target: Target,
        request: Request,
        patience_s: float,
        wait_s: float,
        say: Callable[[str], None],
    ) -> None:
        self._target, self._request = target, request
        self._patience_s, self._wait_s = patience_s, wait_s
        self._say = say
        self._began = time.monotonic()
        self._next_word_s = FIRST_WORD_S

    async def until_there(self) -> bool:
        """Look until somebody is there, or the time is over; return whether that is so."""
        pause_s, why = PAUSE_S, "no answer yet"
        while True:
            words = asyncio.ensure_future(self._words(why))
            try:
                found = await self._look()
            finally:
                words.cancel()
            left_s = self._wait_s - (time.monotonic() - self._began)
            if left_s <= 0 or not _may_change(found):
                return found.failure != "timeout"
            why = one_line(found.failure_text or f"it answers {found.status}", 120)
            self._tell(why)
            await asyncio.sleep(min(pause_s, left_s))
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    async def _look(self) -> Exchange:
        """Ask with GET, and besides with an empty POST if that is not answered in half of the time."""
        half_s = self._patience_s / 2
        first = asyncio.ensure_future(self._ask("GET", self._patience_s))
        done, _ = await asyncio.wait([first], timeout=half_s)
        if done:
            return await first
        second = asyncio.ensure_future(self._ask("POST", half_s))
        for one in asyncio.as_completed([first, second]):
            found = await one
            if found.reply is not None:
                break
        for one in (first, second):
            one.cancel()
        return found

    async def _ask(self, method: str, patience_s: float) -> Exchange:
        request = dataclasses.replace(self._request, method=method)
        async with Transport(self._target) as own:
            return await own.send(request, patience_s, connect_s=CONNECT_S)

    async def _words(self, why: str) -> None:
        while True:
            await asyncio.sleep(0.25)
            self._tell(why)

    def _tell(self, why: str) -> None:
        waited_s = time.monotonic() - self._began
        if waited_s < self._next_word_s:
            return
        self._next_word_s *= NEXT_WORD
        most_s = max(self._wait_s, self._patience_s)
        self._say(
            f"{self._target.base_url} has not answered for {waited_s:.0f} s ({why}); waiting up to"
            f" {most_s:g} s"
        )


def _may_change(found: Exchange) -> bool:
    """Return whether waiting may help: nobody answers yet, or a proxy answers for who is not there yet."""
    if found.reply is not None:
        return found.status in BAD_GATEWAY
    if found.failure == "not-http":
        return False
    hurdle = hurdle_in(found.failure_text)
    return hurdle is None or hurdle in PASSING
