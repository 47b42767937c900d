"""The reason why a verdict changed, which a few more answers show."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pytest

from conformance.judging.flakiness import Flakiness, Reason, change_of, wavered
from tests.values import ScriptedProbe, attempt, exchange, request

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.http.request import Request
    from conformance.judging.probe import Probe


def fails_in_a_burst(asked: Request) -> int:
    return 500 if asked.burst else 200


def fails_on_a_used_connection(asked: Request) -> int:
    return 500 if asked.connection.startswith("used") else 200


def fails_alone(asked: Request) -> int:
    return 500 if asked.connection.startswith("alone") else 200


def never_fails(_asked: Request) -> int:
    return 200


def changed(*, reused: bool = False) -> ScriptedProbe:
    """A run in which one answer changed from 500 to 200, and a refusal that did not."""
    first = exchange(200, request("a"), earlier=(attempt(500, reused=reused),))
    return ScriptedProbe([first, exchange(400, request("b"))])


@pytest.mark.parametrize(
    ("rule", "reused", "reason"),
    [
        (fails_alone, False, "at random"),
        (fails_in_a_burst, False, "at once"),
        (fails_on_a_used_connection, True, "used connection"),
        (never_fails, False, "at random"),
        (never_fails, True, "at random"),
        # The first failure came on a new connection, so a used one cannot be the reason.
        (fails_on_a_used_connection, False, "at random"),
    ],
)
def test_what_changes_the_answer_again_is_the_reason(
    rule: Callable[[Request], int], *, reused: bool, reason: Reason
) -> None:
    probe = changed(reused=reused)
    probe.rule = rule
    found = Flakiness(probe)
    assert found.reason == reason
    for other in get_args(Reason):
        assert bool(found.because_of(other)) == (other == reason)


def test_one_request_in_flight_is_never_sent_at_once_with_others() -> None:
    probe = changed()
    probe.rule, probe.at_once = fails_in_a_burst, 1
    assert Flakiness(probe).reason == "at random"
    assert all(len(burst) == 1 for burst in probe.asked)


def test_the_reason_is_found_out_once() -> None:
    probe = changed()
    found = Flakiness(probe)
    reasons = [found.because_of(reason) for reason in get_args(Reason) for _ in range(2)]
    sent = probe.sent
    assert found.reason
    assert probe.sent == sent
    assert len(reasons) == 6


def test_a_rate_limit_on_what_is_sent_again_is_no_reason() -> None:
    probe = changed(reused=True)
    probe.rule = lambda _: 429
    assert Flakiness(probe).reason == "at random"
    assert probe.sent > 2 * 2  # alone, on a used connection, and at once: none of it told anything


def test_without_a_change_nothing_is_sent() -> None:
    probe: Probe = ScriptedProbe([exchange(200), exchange(400, request("b"))])
    assert Flakiness(probe).because_of("at random") == []
    assert probe.sent == 0


def test_copies_are_no_part_of_the_plan_and_each_is_its_own_request() -> None:
    probe = changed()
    probe.rule = never_fails
    assert Flakiness(probe).reason == "at random"
    sent = [r for burst in probe.asked for r in burst]
    assert {r.purpose for r in sent} == {"probe"}
    assert len({r.id for r in sent}) == len(sent)


def test_what_is_sent_to_find_out_does_not_count_as_a_change_itself() -> None:
    probe = changed()
    probe.known.append(exchange(200, request("c", purpose="probe"), earlier=(attempt(500),)))
    assert [c.exchange.request.label for c in Flakiness(probe).changes] == ["a"]


@pytest.mark.parametrize(
    ("first", "then", "said"),
    [
        (attempt(500), 200, "first 500, then 200 for the same bytes"),
        (attempt(None), 400, "first no answer (dropped), then 400 for the same bytes"),
        (attempt(400), 200, "first 400, then 200 for the same bytes"),
        (attempt(422), 400, ""),
        (attempt(429), 200, ""),
        (attempt(503), 200, ""),
        (attempt(500, excused=True), 200, ""),
        (attempt(None), 500, ""),
        # "Too many requests" is no other answer to the same bytes.
        (attempt(200), 429, ""),
        (attempt(500), 409, ""),
    ],
)
def test_another_kind_of_answer_is_a_change(first: object, then: int, said: str) -> None:
    assert change_of(exchange(then, earlier=(first,))) == said


def test_a_request_that_was_never_sent_again_shows_no_change() -> None:
    assert change_of(exchange(None, failure="budget", earlier=(attempt(500),))) == ""


@pytest.mark.parametrize(
    ("first", "then", "is_flaky"), [(200, 400, True), (400, 200, True), (500, 200, False)]
)
def test_accepted_once_and_refused_once_wavers(first: int, then: int, *, is_flaky: bool) -> None:
    assert bool(wavered(exchange(then, earlier=(attempt(first),)))) == is_flaky
