"""Work that ends with the time of a run: on the network's thread, and where another one waits for it."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from conformance.send.answers import Answers
from conformance.send.deadlines.bounded import Bounded
from conformance.send.deadlines.deadline import Deadline
from conformance.target.options import Limits
from tests.send.values import PLAIN, answered
from tests.values import request

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any


def held(max_time_s: float = 0.05, timeout_s: float = 0.1) -> Deadline:
    return Deadline(Limits(timeout_s=timeout_s, max_time_s=max_time_s))


def bounded(
    work: Callable[[Bounded], Coroutine[Any, Any, str]], deadline: Deadline | None = None
) -> str:
    """What work comes to, beside the watch over a run's time."""

    async def main() -> str:
        one = Bounded(deadline or held())
        watch = asyncio.ensure_future(one.watch(lambda: None))
        try:
            return await work(one)
        finally:
            watch.cancel()

    return asyncio.run(main())


async def for_ever() -> str:
    await asyncio.Event().wait()
    return "never"


async def at_once() -> str:
    return "done"


def test_work_that_never_ends_is_given_up() -> None:
    assert bounded(lambda one: one.within(for_ever(), lambda: "given up")) == "given up"


def test_work_that_ends_in_time_is_what_it_is() -> None:
    assert bounded(lambda one: one.within(at_once(), lambda: "given up")) == "done"


def test_nothing_begins_once_the_time_is_over() -> None:
    deadline = held(0.001)
    time.sleep(0.01)
    assert deadline.look()
    assert bounded(lambda one: one.within(at_once(), lambda: "late"), deadline) == "late"


def test_what_is_in_flight_has_a_grace() -> None:
    async def soon() -> str:
        await asyncio.sleep(0.1)
        return "answered"

    deadline = held(timeout_s=5.0)
    assert bounded(lambda one: one.within(soon(), lambda: "given up"), deadline) == "answered"


def test_what_follows_an_answer_is_given_up_first_and_the_answer_kept() -> None:
    async def answer(one: Bounded) -> str:
        fetched = await one.within(for_ever(), lambda: "nothing fetched", at_once=True)
        return f"answered, {fetched}"

    found = bounded(lambda one: one.within(answer(one), lambda: "given up"))
    assert found == "answered, nothing fetched"


def test_a_time_out_of_the_work_itself_is_passed_on() -> None:
    async def timed_out() -> str:
        raise TimeoutError

    async def work(one: Bounded) -> str:
        try:
            return await one.within(timed_out(), lambda: "given up")
        except TimeoutError:
            return "its own"

    assert bounded(work) == "its own"


def test_who_waits_for_a_thread_that_is_busy_gives_up_by_itself() -> None:
    answers = Answers(held())
    answers.expect([PLAIN])
    found = answers.wait(PLAIN.id)
    assert found.failure == "overtime"
    assert found.request is PLAIN
    # What the busy thread brings later is nobody's any more.
    answers.give(answered(200))
    assert answers.wait(PLAIN.id) is found


def test_the_watch_leaves_nobody_waiting() -> None:
    answers, other = Answers(held()), request("other")
    answers.expect([PLAIN, other])
    answers.give(answered(200))
    asyncio.run(Bounded(held()).watch(answers.give_up))
    assert [e.failure for e in answers.settled()] == [None, "overtime"]
