"""The plan of a whole run: its price, its order, and ids that every process draws alike."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING

import pytest

from conformance.cases.spec import (
    PLAIN,
)
from conformance.run import judge, launch
from tests.plan.planning import URL, picture, request_of
from tests.serving import KEY

if TYPE_CHECKING:
    from conformance.http.request import Request
    from conformance.plan.plan import Plan


@cache
def whole(profile: str = "core", folder: str = "") -> Plan:
    """The plan of a run with one virtual key, as `--dry-run` collects it."""
    assert folder
    flags = {"url": URL, "dry_run": True, "profile": profile, "report_dir": folder, "seed": 1}
    session = launch.session_for(flags, {"CONFORMANCE_API_KEY": KEY}, command="x")
    judge.run_checks(session)
    return session.channel.plan


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return whole("core", str(tmp_path_factory.mktemp("reports")))


def price(plan: Plan, expected: str) -> int:
    return sum(r.pictures for r in plan.requests.values() if r.expected == expected)


def test_core_costs_an_operator_with_one_key_at_most_45_pictures(core: Plan) -> None:
    assert 0 < price(core, "accepted") <= 45


def test_what_may_be_accepted_or_refused_costs_at_most_40_more(core: Plan) -> None:
    assert price(core, "either") <= 40


def test_every_refused_request_of_a_run_has_a_control_that_is_sent_before_anything_is_judged(
    core: Plan,
) -> None:
    refused = [r for r in core.requests.values() if r.expected == "refused" and r.method == "POST"]
    # The control of malformed fallbacks needs a failing model, and this operator named none.
    judged = [r for r in refused if not r.label.startswith("fallbacks")]
    assert [r.label for r in judged if r.control is None or r.control not in core.requests] == []

    def without_fault(request: Request) -> Request:
        """Return the last control of a request: a control may have a control of its own."""
        return without_fault(core.requests[request.control]) if request.control else request

    assert {without_fault(r).expected for r in judged} == {"accepted"}


def test_every_request_that_comes_after_another_is_not_in_an_earlier_phase(core: Plan) -> None:
    for request in core.requests.values():
        if request.after is not None:
            assert core.requests[request.after].phase <= request.phase


def test_every_optional_request_is_asked_together_in_one_that_may_be_sent(core: Plan) -> None:
    known = {**core.requests, **core.optional}
    for request in core.optional.values():
        assert set(request.asked_in) <= known.keys()


def test_accepted_pictures_are_unique_but_for_those_that_repeat_the_plain_request(
    core: Plan,
) -> None:
    seen: dict[bytes, list[Request]] = {}
    for r in core.requests.values():
        if r.expected == "accepted" and r.method == "POST" and r.form is not None:
            seen.setdefault(picture(r), []).append(r)
    (repeated,) = [shared for shared in seen.values() if len(shared) > 1]
    assert picture(repeated[0]) == picture(request_of(PLAIN))


def test_pictures_are_small_where_their_size_is_not_the_point(core: Plan) -> None:
    small = [
        len(picture(r))
        for r in core.requests.values()
        if r.expected == "accepted" and r.method == "POST" and r.form is not None
    ]
    assert max(small) < 2500


DUMP = f"""
import tempfile
from conformance.run import judge, launch
for seed in (1, 2):
    flags = dict(url="{URL}", dry_run=True, seed=seed, report_dir=tempfile.gettempdir())
    session = launch.session_for(flags, {{"CONFORMANCE_API_KEY": "{KEY}"}}, command="x")
    judge.run_checks(session)
    print(*session.channel.plan.requests, *session.channel.plan.optional)
"""


def test_ids_are_the_same_in_another_process_and_others_for_another_seed() -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", DUMP],
            env={"PYTHONHASHSEED": hash_seed},
            stdout=subprocess.PIPE,
            text=True,
        )
        for hash_seed in ("1", "2")
    ]
    one, again = (p.communicate()[0].splitlines() for p in processes)
    assert one == again
    first, second = (line.split() for line in one)
    # A property case may equal a request of another check, so the two plans may differ in length.
    assert len(first) == len(set(first))
    assert len(second) == len(set(second))
    assert first != second
