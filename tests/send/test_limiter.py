"""How many requests are in flight against servers that take any number, two, or get slower."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from conformance.cases.spec import PLAIN, Spec
from conformance.reference.catalogue import behaviour
from conformance.reference.demo import DEMO_VARIABLES
from conformance.reference.server import running
from conformance.result.model import Status, Verdict
from conformance.run.judge import judge
from conformance.run.launch import session_for
from conformance.send import limiter, retry
from conformance.send.limiter import MANY, Limiter, WaitBudget
from conformance.target.options import Limits
from tests.asking import Asking
from tests.serving import Answer, Got, Loopback, pictures_answer, refusal

if TYPE_CHECKING:
    from pathlib import Path

AUTO = Limits(0, 5)


def several(count: int) -> list[Spec]:
    return [replace(PLAIN, copy=i) for i in range(count)]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "PAUSES_S", (0.01, 0.01, 0.01, 0.01))


def test_auto_grows_while_the_gateway_answers_well() -> None:
    def steady(_got: Got) -> Answer:
        time.sleep(0.05)
        return pictures_answer()

    with Loopback(steady) as server:
        asking = Asking(server.url, *several(80), limits=AUTO)
        asking.all()
    assert server.most_in_flight > 8
    assert asking.sender.spent.most_in_flight <= MANY


def test_auto_shrinks_where_pictures_take_longer_and_longer() -> None:
    server: Loopback

    def in_bursts(_got: Got) -> Answer:
        time.sleep(0.03 * server.in_flight)
        return pictures_answer()

    with Loopback(in_bursts) as server:
        asking = Asking(server.url, *several(60), limits=AUTO)
        asking.all()
    assert asking.sender.at_once < 8


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("limits", [AUTO, Limits(8, 5), Limits(32, 5)])
def test_a_gateway_that_takes_two_is_seldom_asked_for_three(limits: Limits) -> None:
    server: Loopback

    def two(_got: Got) -> Answer:
        if server.in_flight > 2:
            return refusal(429, retry_after="0")
        time.sleep(0.01)
        return pictures_answer()

    with Loopback(two) as server:
        asking = Asking(server.url, *several(200), limits=limits)
        found = asking.all()
    spent = asking.sender.spent
    assert all(e.ok for e in found)
    assert spent.retried < 0.2 * spent.requests
    assert spent.waited_s > 0


@pytest.mark.parametrize("concurrency", ["8", "auto"])
def test_a_whole_run_against_two_at_once_says_the_same(concurrency: str, tmp_path: Path) -> None:
    with running(behaviour([], ["two-at-once"])) as url:
        session = session_for(
            {
                "url": url,
                "concurrency": concurrency,
                "report_dir": str(tmp_path),
                "api_key_env": list(DEMO_VARIABLES.api_keys),
                "failing_model": DEMO_VARIABLES.failing_model,
            },
            DEMO_VARIABLES.environment(),
        )
        result = judge(session)
    assert result.verdict is Verdict.CONFORMANT
    assert not [r.id for r in result.requirements if r.status is Status.FAIL]
    assert result.ledger.retried < 0.2 * result.ledger.requests


@pytest.mark.usefixtures("impatient")
def test_a_run_waits_for_so_long_in_all_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiter, "MOST_WAITED_S", 0.5)
    with Loopback(lambda _got: refusal(429, retry_after="0")) as server:
        started = time.monotonic()
        asking = Asking(server.url, *several(40), limits=Limits(4, 5))
        found = asking.all()
    assert time.monotonic() - started < 5
    assert {e.status for e in found} == {429}
    assert asking.sender.spent.waited_s <= 0.5


def test_requests_that_wait_at_the_same_time_wait_once() -> None:
    async def both() -> float:
        patience = WaitBudget()
        assert patience.allows(1.0)
        assert patience.allows(1.0)
        return patience.waited_s

    assert asyncio.run(both()) == pytest.approx(1.0, abs=0.1)


def test_many_refusals_at_once_are_one_sign() -> None:
    async def shrunk() -> int:
        room = Limiter(8)
        async with room.place() as first, room.place() as second:
            room.too_many(0.0, first)
            room.too_many(0.0, second)
        return room.size

    assert asyncio.run(shrunk()) == 4


def test_what_was_too_many_is_tried_again_more_and_more_seldom() -> None:
    async def answers_between() -> list[int]:
        room, found, count = Limiter(8), [], 0
        for _ in range(400):
            async with room.place() as entered:
                if room.size > 2:
                    room.too_many(0.0, entered)
                    found.append(count)
                    count = 0
                else:
                    room.answered()
                    count += 1
        return found

    gaps = asyncio.run(answers_between())
    assert gaps[-1] > gaps[-2] > 10
    assert len(gaps) < 9
