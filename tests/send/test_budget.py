"""`--max-images` against servers that count what they make: never one picture more."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.cases.spec import PLAIN, Spec, fault, variation
from conformance.http.exchange import Exchange, Reply
from conformance.judging import flakiness
from conformance.reference.behaviour import Behaviour
from conformance.reference.catalogue import DEFECTS, behaviour
from conformance.reference.demo import DEMO_VARIABLES
from conformance.reference.server import running
from conformance.result.model import Status, Verdict
from conformance.run import judge, launch
from conformance.send import recheck
from conformance.send.budget import Budget, Turnstile
from conformance.target.options import Limits
from tests.asking import Asking, as_asked
from tests.clock import virtually
from tests.send.values import REFUSED, answered, asked, failed, pictures
from tests.serving import Answer, Got, Loopback, pictures_answer, refusal

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.reference.values import Order
    from conformance.result.model import Result
    from conformance.send.clock import Clock


def test_without_a_cap_everything_may_be_sent() -> None:
    budget = Budget(None)
    assert all(budget.reserve(asked(pictures=10)) for _ in range(100))
    assert budget.left is None


def test_what_is_in_flight_counts_as_spent_until_its_answer_is_there() -> None:
    budget, two = Budget(3), asked(pictures=2)
    assert budget.reserve(two) is True
    assert budget.reserve(two) is None
    budget.charge(pictures(1, two))
    budget.give_back(two)
    assert budget.left == 2
    assert budget.reserve(two) is True


def test_what_does_not_fit_although_nothing_is_in_flight_is_never_sent() -> None:
    assert Budget(1).reserve(asked(pictures=2)) is False
    assert Budget(0).reserve(REFUSED) is False


def test_with_the_cap_reached_refusals_go_out_one_by_one() -> None:
    budget = Budget(1)
    budget.charge(answered(400, REFUSED))
    budget.charge(pictures(1))
    assert budget.left == 0
    assert budget.reserve(REFUSED) is True
    assert budget.reserve(REFUSED) is None
    budget.give_back(REFUSED)
    assert budget.reserve(REFUSED) is True


def test_after_a_picture_too_many_no_refusal_is_free() -> None:
    budget = Budget(1)
    budget.charge(answered(400, REFUSED))
    budget.charge(pictures(1, REFUSED))
    assert budget.reserve(REFUSED) is False


@pytest.mark.parametrize(
    ("exchange", "charged"),
    [
        (pictures(3, asked(pictures=3)), 3),
        (failed("timeout", asked(pictures=3)), 3),
        (failed("dropped"), 1),
        (answered(500), 1),
        (failed("unreachable"), 0),
        (failed("budget"), 0),
        (answered(400), 0),
        (failed("timeout", REFUSED), 0),
    ],
)
def test_what_may_have_been_made_is_charged(exchange: Exchange, charged: int) -> None:
    budget = Budget(10)
    budget.charge(exchange)
    assert budget.charged == charged
    assert budget.uncertain == (0 if exchange.ok else charged)


def test_bytes_that_are_sent_again_are_paid_for_twice() -> None:
    budget = Budget(3)
    assert budget.reserve(asked()) is True
    assert budget.reserve_more(asked())
    assert (budget.charged, budget.uncertain) == (1, 1)
    assert not budget.reserve_more(asked(pictures=2))


def test_an_expensive_request_that_waits_is_not_overtaken_by_cheap_ones() -> None:
    async def order(clock: Clock) -> list[int]:
        turnstile, found = Turnstile(Budget(5)), list[int]()

        async def one(price: int) -> None:
            request = asked(pictures=price)
            assert await turnstile.reserve(request)
            found.append(price)
            await clock.sleep(1)
            turnstile.give_back(request)

        await asyncio.gather(one(3), one(4), *(one(1) for _ in range(3)))
        return found

    assert virtually(order) == [3, 4, 1, 1, 1]


class Made:
    """How many pictures a gateway made, whether or not anybody got them."""

    def __init__(self) -> None:
        self.count = 0
        self._lock = threading.Lock()

    def add(self, count: int) -> int:
        with self._lock:
            self.count += count
        return count

    def at(self, gateway: Behaviour) -> Behaviour:
        def items_for(order: Order) -> int:
            return self.add(gateway.items_for(order))

        return replace(gateway, items_for=items_for)


def judged(gateway: Behaviour, folder: Path, **flags: Any) -> tuple[Result, int]:
    """A run against a gateway, and how many pictures that made."""
    made = Made()
    with running(made.at(gateway)) as url:
        result = judge.judge(
            launch.session_for(
                {
                    "url": url,
                    "report_dir": str(folder),
                    "failing_model": "openai/always-fails",
                    "seed": 1,
                }
                | {"api_key_env": list(DEMO_VARIABLES.api_keys), **flags},
                DEMO_VARIABLES.environment(),
            )
        )
    return result, made.count


@pytest.mark.parametrize("concurrency", [1, 4, 8])
def test_ten_pictures_are_never_eleven(concurrency: int, tmp_path: Path) -> None:
    result, made = judged(Behaviour(), tmp_path, max_images="10", concurrency=str(concurrency))
    assert made <= 10
    assert result.images <= 10
    assert result.verdict is Verdict.INCOMPLETE
    assert not [r.id for r in result.requirements if r.status in (Status.FAIL, Status.WARN)]
    said = [c.message for r in result.requirements for c in r.checks if c.status == "untestable"]
    assert "budget: --max-images 10 is spent" in said


def test_what_costs_nothing_is_still_judged(tmp_path: Path) -> None:
    # One picture shows that the gateway works, and n=11 would make eleven where it is honoured.
    result, _ = judged(Behaviour(), tmp_path, max_images="12", concurrency="4")
    status = {r.id: r.status for r in result.requirements}
    for id_ in ("N-2", "N-3", "N-4", "SIZE-2", "AUTH-4", "MEDIA-2"):
        assert status[id_] is Status.PASS, id_


@pytest.mark.parametrize(
    "defect",
    ["missing-credential-accepted", "json-accepted", "n-eleven-accepted", "n-wraps-at-32-bits"],
)
def test_a_refusal_that_turns_into_pictures_is_paid_for(defect: str, tmp_path: Path) -> None:
    result, made = judged(behaviour([defect], []), tmp_path, max_images="12", concurrency="8")
    assert made <= 12
    must = {d.id: d.breaks for d in DEFECTS}[defect]
    assert {r.id for r in result.requirements if r.status is Status.FAIL} <= {*must}
    assert result.verdict is Verdict.NONCONFORMANT


def hostile(_got: Got) -> Answer:
    return pictures_answer(10)


def test_after_one_answer_that_jumps_over_the_cap_nothing_is_sent(tmp_path: Path) -> None:
    with Loopback(hostile) as server:
        result = judge.judge(
            launch.session_for(
                {"url": server.url, "report_dir": str(tmp_path), "auth": "none", "seed": 1}
                | {"max_images": "10", "concurrency": "8"},
                {},
            )
        )
    # Beside the look, which asks for nothing.
    assert [got.method for got in server.got] == ["GET", "POST"]
    assert result.images == 10


def several(count: int, spec: Spec = PLAIN) -> list[Spec]:
    return [replace(spec, copy=i) for i in range(count)]


@pytest.mark.parametrize("concurrency", [1, 4, 8])
def test_what_never_answered_may_have_been_made(concurrency: int) -> None:
    made = Made()

    def breaks(got: Got) -> Answer:
        made.add(len(as_asked(got).body) and 1)
        return refusal(500)

    with Loopback(breaks) as server:
        asking = Asking(server.url, *several(20), limits=Limits(concurrency, 5, max_images=5))
        found = asking.all()
    assert made.count == 5
    assert asking.sender.spent.uncertain == 5
    assert {e.failure for e in found if e.failure} == {"budget"}


def test_a_second_look_at_what_was_accepted_is_paid_for() -> None:
    made = Made()

    def accepts_all(_got: Got) -> Answer:
        made.add(1)
        return pictures_answer()

    faulty = [fault(variation(n=f"x{i}"), control=PLAIN) for i in range(9)]
    with Loopback(accepts_all) as server:
        Asking(server.url, *faulty, limits=Limits(4, 5, max_images=6)).all()
    assert made.count == 6


def test_a_retry_is_paid_for() -> None:
    made = Made()

    def later(_got: Got) -> Answer:
        return pictures_answer() if made.add(1) % 3 else refusal(429, retry_after="0")

    with Loopback(later) as server:
        asking = Asking(server.url, *several(20), limits=Limits(8, 5, max_images=6))
        asking.all()
    assert asking.sender.spent.images == 6


def test_a_dear_request_is_not_starved_by_cheap_ones() -> None:
    with Loopback(as_asked) as server:
        asking = Asking(
            server.url, PLAIN, variation(n=4), *several(10), limits=Limits(4, 5, max_images=5)
        )
        found = {e.request.label: e for e in asking.all()[:2]}
    assert found["n=4"].ok
    assert asking.sender.spent.images == 5


def test_a_recheck_that_the_budget_does_not_allow_is_no_change_of_the_answer() -> None:
    with Loopback(lambda _got: refusal(400)) as server:
        asking = Asking(server.url, *several(3), limits=Limits(1, 5, max_images=0))
        found = asking.all()
    assert {e.failure for e in found} == {"budget"}
    first = replace(found[0], reply=Reply(500, (), b""), failure=None)
    seen = recheck.RecheckPolicy().combined(first, found[0])
    assert flakiness.change_of(seen) == ""
    assert seen.failure == "budget"
