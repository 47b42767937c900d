"""Good requests go out beside the first one, while a slow gateway answers it."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from conformance.http.request import MAIN
from conformance.run import judge, launch
from tests.serving import KEY, Answer, Got, Loopback, pictures_answer, refusal

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.run.session import Session


def session(url: str, folder: Path, **flags: object) -> Session:
    values = {
        "url": url,
        "report_dir": str(folder),
        "concurrency": 4,
        "timeout": 5,
        "seed": 1,
        **flags,
    }
    return launch.session_for(values, {"CONFORMANCE_API_KEY": KEY})


class Slow:
    """Answers the first request late, and notes what came before it was answered; a look counts for nothing."""

    def __init__(self, first: Answer, other: Answer, first_s: float = 1.5) -> None:
        self._lock = threading.Lock()
        self._first, self._other, self._first_s = first, other, first_s
        self._answered = False
        self.count = self.early = 0

    def __call__(self, got: Got) -> Answer:
        if got.method == "GET":
            return refusal(405)
        with self._lock:
            self.count += 1
            number = self.count
            self.early += not self._answered
        if number > 1:
            return self._other
        time.sleep(self._first_s)
        self._answered = True
        return self._first


def test_places_beside_a_slow_first_request_are_filled(tmp_path: Path) -> None:
    # A busy machine collects the checks in more than a second.
    slow = Slow(pictures_answer(), pictures_answer(), first_s=4.0)
    with Loopback(slow) as server:
        run = session(server.url, tmp_path, check=["test_n.py::test_n_gives"])
        _, record = judge.run_checks(run)
    assert slow.early > 1
    sent = [e.request.id for e in record.exchanges]
    assert len(set(sent)) == len(sent)


@pytest.mark.parametrize("flags", [{"max_images": 30}, {"concurrency": 1}, {"shard": "1/2"}])
def test_nothing_goes_ahead_where_it_may_not(flags: dict[str, object], tmp_path: Path) -> None:
    slow = Slow(pictures_answer(), pictures_answer())
    with Loopback(slow) as server:
        judge.judge(session(server.url, tmp_path, check=["test_n.py::test_n_gives"], **flags))
    assert slow.early == 1


def test_a_wrong_address_gets_few_requests(tmp_path: Path) -> None:
    slow = Slow(refusal(404), refusal(404))
    with Loopback(slow) as server:
        result = judge.judge(session(server.url, tmp_path))
    assert result.verdict.value == "incomplete"
    assert result.diagnosis
    # The first, what went beside it, and the impossible sibling.
    assert slow.count <= 4 + 4 + 3


def test_what_went_ahead_is_rechecked_alone(tmp_path: Path) -> None:
    """A gateway that fails while it is busy is not blamed under what happened to be asked."""
    busy = threading.Semaphore(1)

    def one_at_a_time(got: Got) -> Answer:
        if b'name="n"' not in got.body:
            time.sleep(0.8)
            return pictures_answer()
        if not busy.acquire(blocking=False):
            return refusal(500)
        try:
            time.sleep(0.05)
            return pictures_answer(3 if b"\r\n\r\n3\r\n" in got.body else 1)
        finally:
            busy.release()

    with Loopback(one_at_a_time) as server:
        run = session(server.url, tmp_path, check=["test_n.py::test_n_gives"])
        _, record = judge.run_checks(run)
    ahead = [e for e in record.exchanges if e.request.burst == "burst 1"]
    assert ahead
    assert all(e.ok for e in ahead)
    assert all(e.request.phase == MAIN for e in ahead)


def test_what_went_ahead_is_settled_where_nothing_else_is_asked(tmp_path: Path) -> None:
    def fails_on_n(got: Got) -> Answer:
        if b'name="n"' in got.body:
            return refusal(500)
        time.sleep(1)
        return pictures_answer()

    with Loopback(fails_on_n) as server:
        run = session(server.url, tmp_path, check=["many_items[n=3]"])
        outcomes, record = judge.run_checks(run)
    assert {o.status for o in outcomes.outcomes if o.tied_to == "N-1"} == {"fail"}
    (failed,) = [e for e in record.exchanges if e.request.burst]
    assert len(failed.earlier) == 1
