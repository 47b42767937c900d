"""What fails inside the sender ends the run: whoever waits is told, and nobody waits for ever."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from conformance.errors import BrokenRunError
from conformance.http.exchange import Exchange
from conformance.send.answers import Answers
from conformance.send.deadlines.deadline import Deadline
from conformance.send.loop_thread import LoopThread
from conformance.send.sender import Sender
from conformance.target.options import Limits
from tests.asking import Asking, answering, several
from tests.serving import pictures_answer, raw_server, silent
from tests.values import request

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.http.request import Request

FULL = OSError(28, "No space left on device", "evidence.jsonl")


def failing(error: BaseException, after: int = 0) -> Callable[..., Any]:
    """A function that raises this from its call of that number on."""
    calls: list[object] = []

    def called(*given: object) -> None:
        calls.append(given)
        if len(calls) > after:
            raise error

    return called


def waited(sender: Sender, ids: list[str]) -> list[BaseException | Exchange]:
    """What each of several threads gets that waits for an exchange; none waits for ever."""

    def one(id_: str) -> BaseException | Exchange:
        try:
            return sender.exchange(id_)
        except Exception as error:  # noqa: BLE001 - it is what is looked at
            return error

    with ThreadPoolExecutor(len(ids)) as pool:
        return list(pool.map(one, ids, timeout=60))


@pytest.mark.parametrize("after", [0, 3])
@pytest.mark.parametrize("error", [FULL, KeyError("x"), RecursionError(), MemoryError()])
def test_each_check_that_waits_is_told_that_evidence_cannot_be_kept(
    error: Exception, after: int
) -> None:
    with answering(pictures_answer()) as server:
        asking = Asking(server.url, *several(20))
        with Sender(asking.target, Limits(2, 5), failing(error, after)) as sender:
            sender.start(asking.plan.requests.values())
            found = waited(sender, list(asking.plan.requests))
            sent = len(server.got)
            time.sleep(0.2)
            assert len(server.got) <= sent + 2, "what is not kept is not paid for"
    assert sum(isinstance(f, BrokenRunError) for f in found) == 20 - after
    assert len(sender.arrived()) == after


def test_what_is_asked_after_the_failure_is_told_too() -> None:
    with answering(pictures_answer()) as server:
        asking = Asking(server.url, *several(2))
        first, later = asking.plan.requests.values()
        with Sender(asking.target, Limits(2, 5), failing(FULL)) as sender:
            with pytest.raises(BrokenRunError, match="No space left on device"):
                sender.send(first)
            with pytest.raises(BrokenRunError, match="No space left on device"):
                sender.send(later)
            with pytest.raises(BrokenRunError):
                sender.settled()
    assert len(server.got) == 1


def test_who_waits_for_what_was_sent_ahead_is_told() -> None:
    with answering(pictures_answer()) as server:
        asking = Asking(server.url, *several(4))
        with Sender(asking.target, Limits(4, 5), failing(FULL)) as sender:
            sender.start(asking.plan.requests.values(), ahead=True)
            found = waited(sender, list(asking.plan.requests))
    assert {type(f) for f in found} == {BrokenRunError}


def test_a_request_that_cannot_even_be_begun_is_told() -> None:
    """What an earlier run settled is taken over on the network's thread, before anything is sent."""
    with answering(pictures_answer()) as server:
        asking = Asking(server.url, *several(2))
        first, other = asking.plan.requests.values()

        class Odd(dict[str, Exchange]):
            def __contains__(self, _: object) -> bool:
                return True

            def __getitem__(self, _: str) -> Exchange:
                return Exchange(first, None, "timeout", "")

        with Sender(asking.target, Limits(2, 5), failing(FULL), known=Odd()) as sender:
            sender._parts.phases.expect = failing(KeyError("x"))  # type: ignore[method-assign] # a fault of the suite's own
            sender.start([first, other])
            found = waited(sender, [first.id, other.id])
    assert any(isinstance(f, BrokenRunError) for f in found)


@pytest.mark.parametrize("error", [ValueError("odd"), OSError(5, "Input/output error")])
def test_what_shows_the_progress_decides_nothing(error: Exception) -> None:
    with answering(pictures_answer()) as server:
        asking = Asking(server.url, *several(5))
        with Sender(
            asking.target, Limits(2, 5), asking.seen.append, on_progress=failing(error)
        ) as s:
            s.start(asking.plan.requests.values())
            assert all(e.ok for e in s.settled())


@pytest.mark.parametrize("error", [KeyError("x"), SystemExit(0), KeyboardInterrupt()])
@pytest.mark.parametrize("part", ["mismatch", "renewed"])
def test_a_failure_in_any_part_is_told(part: str, error: BaseException) -> None:
    """A SystemExit ends the loop of asyncio itself, and its thread with it."""
    with answering(pictures_answer()) as server:
        asking = Asking(server.url, *several(5))
        given: dict[str, Any] = {part: failing(error)}
        with Sender(asking.target, Limits(2, 5), asking.seen.append, **given) as sender:
            sender.start(asking.plan.requests.values())
            found = waited(sender, list(asking.plan.requests))
    if part != "renewed":  # asked only where a cache answers
        assert {type(f) for f in found} == {BrokenRunError}


def test_requests_in_flight_end_with_the_failure() -> None:
    """One answer cannot be kept; the gateway never answers the others."""
    seen: list[int] = []

    def connected(connection: Any, number: int) -> None:
        seen.append(number)
        if number:
            silent(connection, number)
            return
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 400 X\r\ncontent-length: 0\r\n\r\n")

    with raw_server(connected) as (url, _):
        asking = Asking(url, *several(4))

        def refused(request: Request) -> Request:
            return request

        with Sender(asking.target, Limits(4, 60), failing(FULL)) as sender:
            sender._parts.policy.needs = lambda exchange: exchange is None  # type: ignore[method-assign] # no second try: it is settled at once
            sender.start([refused(r) for r in asking.plan.requests.values()])
            began = time.monotonic()
            found = waited(sender, list(asking.plan.requests))
    assert {type(f) for f in found} == {BrokenRunError}
    assert time.monotonic() - began < 30, "the time-out of 60 s is not waited for"


def test_a_thread_that_has_ended_is_not_waited_for() -> None:
    told: list[BaseException] = []
    network = LoopThread("gone", told.append)
    network.start()
    network.call(failing(SystemExit(3)))
    network._thread.join(30)
    assert [type(t) for t in told] == [SystemExit]

    async def work() -> None:
        """Nobody runs it."""

    with pytest.raises(BrokenRunError, match="has ended"):
        network.run(work())
    network.cancel()
    network.finish(work())
    network.call(print)
    assert [type(t) for t in told] == [SystemExit, RuntimeError]


def test_what_fails_on_the_thread_is_told_and_not_printed(
    capfd: pytest.CaptureFixture[str],
) -> None:
    told: list[BaseException] = []
    network = LoopThread("failing", told.append)
    network.start()

    async def task() -> None:
        raise ValueError("in a task")

    network.call(failing(KeyError("in a callback")))
    network.begin(task)
    network.call(lambda: network._loop.create_task(task()) and None)
    network.finish(task())
    assert [type(t) for t in told] == [KeyError, ValueError]
    assert capfd.readouterr().err == ""


def test_whoever_waits_while_it_fails_is_told() -> None:
    one, other = request("one"), request("other")
    answers, began = Answers(Deadline(Limits())), threading.Event()
    answers.expect([one])
    ends: list[str] = []

    def wait() -> None:
        began.set()
        try:
            answers.wait(one.id)
        except BrokenRunError as error:
            ends.append(str(error))

    waiting = threading.Thread(target=wait)
    waiting.start()
    began.wait(10)
    assert answers.fail(FULL)
    assert not answers.fail(KeyError("the first failure is the one that counts"))
    waiting.join(10)
    assert ends == ["evidence.jsonl: No space left on device"]
    answers.expect([other])
    assert answers.has_arrived(other.id)


def test_who_waits_for_an_answer_is_told_when_the_suite_breaks() -> None:
    def broken(_exchange: Exchange) -> None:
        raise RuntimeError("no room left on the disk")

    with answering(pictures_answer()) as server:
        asking = Asking(server.url, *several(2))
        sender = Sender(asking.target, Limits(timeout_s=5), broken)
        with sender:
            sender.start(asking.plan.requests.values())
            with pytest.raises(BrokenRunError, match="no room left"):
                sender.settled()
            assert sender.arrived() == []
