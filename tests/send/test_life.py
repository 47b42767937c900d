"""What shows that the gateway's process ended, and what only shows that it closes idle connections."""

from __future__ import annotations

import asyncio

import pytest

from conformance.send.clock import Clock
from conformance.send.outages.life import Life
from conformance.send.wire.transport import Transport
from tests.clock import Skipping
from tests.send.mortal import mortal
from tests.send.values import asked
from tests.serving import target_at

PROCESS_ENDED = "4 of 4 idle connections broke, which stand without it"


def looked(idle_s: float, took_s: float, *, ends: bool, times: int = 1) -> list[str]:
    """What looks see of a server that closes what is idle so long, beside a request of so long.

    `ends` says that its process ends with each answer, and is back before anybody connects.
    """
    time = Skipping()

    async def look() -> list[str]:
        async def sleep(seconds: float) -> None:
            await time.clock.sleep(seconds)
            server.close_idle()

        clock, target = Clock(time.now, sleep), target_at(server.url)
        probe = asked(url=f"{server.url}/")
        life = Life(target, lambda: Transport(target), 5, clock)
        found = []
        for _ in range(times):
            assert await life.lives(probe, 5)
            await life.watch(probe)
            await clock.sleep(took_s)
            if ends:
                server.end()
                server.start()
            found.append(await life.ended(probe, 0.1))
        await life.close()
        return found

    with mortal(time.now, idle_s) as server:
        return asyncio.run(look())


@pytest.mark.parametrize("took_s", [0.1, 4.5, 60.0])
def test_a_server_that_closes_what_is_idle_has_not_ended(took_s: float) -> None:
    """The longer a request takes, the surer its idle neighbours are closed."""
    assert looked(5.0, took_s, ends=False, times=3) == ["", "", ""]


@pytest.mark.parametrize(("idle_s", "took_s"), [(5.0, 0.1), (5.0, 3.0), (90.0, 6.0)])
def test_a_process_that_ends_is_seen_although_it_is_back_at_once(
    idle_s: float, took_s: float
) -> None:
    assert looked(idle_s, took_s, ends=True, times=2) == [PROCESS_ENDED] * 2
