"""The order in which requests are sent: bursts, pictures, refusals."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from conformance.cases.spec import PLAIN, fault, variation
from conformance.http.request import MAIN
from conformance.plan import bursts
from conformance.plan.plan import Plan
from conformance.run import judge, launch
from tests.serving import KEY, Answer, Got, Loopback, pictures_answer, refusal, target_at

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from conformance.cases.spec import Spec
    from conformance.http.request import Request
    from conformance.run.session import Session

FIELDS = ("n", "size", "response_format", "user")


def requests(*specs: Spec) -> list[Request]:
    plan = Plan(target_at("http://127.0.0.1:9"), 1)
    for spec in specs:
        plan.add(spec)
    return list(plan.requests.values())


def good(count: int) -> list[Spec]:
    return [variation(f"good {i}", user=f"u{i}") for i in range(count)]


def bad(count: int) -> list[Spec]:
    control = variation(n=1)
    given: list[dict[str, str]] = [{"n": "1", FIELDS[i % 4]: f"no {i}"} for i in range(count)]
    faults = [variation(f"bad {i}", **fields) for i, fields in enumerate(given)]
    return [fault(spec, control) for spec in faults]


def labels(found: Iterable[Request]) -> list[str]:
    return [r.label for r in found]


def test_everything_is_sent_once_whatever_the_size() -> None:
    known = requests(*good(9), *bad(30), PLAIN)
    for size in (1, 2, 3, 8, 32):
        for ahead in (0, 2):
            ordered = bursts.in_order(known, size, ahead)
            assert sorted(labels(ordered)) == sorted(labels(known)), (size, ahead)


def test_one_after_the_other_refusals_come_first() -> None:
    known = requests(PLAIN, *good(3), *bad(3))
    ordered = bursts.in_order(known, 1)
    assert [r.expected for r in ordered[:3]] == ["refused"] * 3
    assert not any(r.burst for r in ordered)


def test_refusals_have_one_place_while_pictures_are_drawn() -> None:
    known = requests(*good(20), *bad(40))
    ordered = bursts.in_order(known, 4)
    in_bursts = [r for r in ordered if r.burst]
    assert {r.burst for r in in_bursts} == {"burst 1", "burst 2", "burst 3"}
    assert all(r.expected == "accepted" for r in in_bursts[:4])
    # The second burst has two refusals: one slow request is behind it, and then all quick ones.
    second = ordered[4:8]
    assert [r.expected for r in second].count("refused") == 2
    assert ordered[8].expected == "accepted"
    quick = [r for r in ordered if r.expected == "refused" and not r.burst]
    assert ordered[9 : 9 + len(quick)] == quick


def test_beside_the_first_request_goes_a_burst_and_what_takes_its_places() -> None:
    known = requests(*good(9), *bad(9))
    ahead = bursts.beside(known, 4)
    burst = [r for r in ahead if r.burst]
    assert len(burst) == 4
    drawn = [r for r in ahead if r.expected == "accepted"]
    assert len(drawn) == 4
    assert bursts.beside(known, 0) == []


def test_a_request_bound_to_another_one_is_no_part_of_a_burst() -> None:
    bound = replace(variation(n=2), after=PLAIN)
    known = requests(PLAIN, bound, replace(variation(n=3), chunked=True))
    assert labels(bursts.beside(known, 8)) == ["plain"]


def session(url: str, folder: Path, **flags: object) -> Session:
    values = {"url": url, "report_dir": str(folder), "concurrency": 4, "timeout": 5, **flags}
    return launch.session_for(values, {"CONFORMANCE_API_KEY": KEY})


class Slow:
    """Answers the first request late, and counts the requests that came before it was answered."""

    def __init__(self, first: Answer, other: Answer, first_s: float = 1.5) -> None:
        self._lock = threading.Lock()
        self._first, self._other, self._first_s = first, other, first_s
        self._answered = False
        self.count = self.early = 0

    def __call__(self, _got: Got) -> Answer:
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
    slow = Slow(pictures_answer(), pictures_answer())
    with Loopback(slow) as server:
        run = session(server.url, tmp_path, check=["test_n.py::test_n_gives"])
        _, record = judge.run_checks(run)
    assert slow.early > 1
    sent = [e.request.id for e in record.exchanges]
    assert len(set(sent)) == len(sent)


@pytest.mark.parametrize("flags", [{"max_images": 30}, {"concurrency": 1}, {"shard": "1/2"}])
def test_no_request_is_sent_ahead_where_none_may(flags: dict[str, object], tmp_path: Path) -> None:
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
    # The first request, those beside it, and those to a sibling address that cannot exist.
    assert slow.count <= 4 + 4 + 3


def test_requests_sent_ahead_are_rechecked_alone(tmp_path: Path) -> None:
    """The check of a request is not blamed for a gateway that fails only while it is busy."""
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


def test_requests_sent_ahead_are_settled_if_no_other_request_is_sent(tmp_path: Path) -> None:
    def fails_on_n(got: Got) -> Answer:
        if b'name="n"' in got.body:
            return refusal(500)
        time.sleep(1)
        return pictures_answer()

    with Loopback(fails_on_n) as server:
        run = session(server.url, tmp_path, check=["many_items[n=10]"])
        outcomes, record = judge.run_checks(run)
    assert {o.status for o in outcomes.outcomes if o.tied_to == "N-1"} == {"fail"}
    (failed,) = [e for e in record.exchanges if e.request.burst]
    assert len(failed.earlier) == 1
