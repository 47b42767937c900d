"""Expectations: which exchanges pass, which fail, and which are untestable."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from conformance.cases.spec import PLAIN, fault, variation
from conformance.checks.test_robust import (
    test_a_refused_request_is_refused_again as refused_again,
)
from conformance.http.exchange import Exchange, Reply
from conformance.http.request import Request
from conformance.judging.ends import Failed, NotApplicable, Untestable
from conformance.judging.expect import (
    answered_like_its_control,
    describe,
    each,
    expect,
    is_providers,
    known_object,
    some,
    where_present,
)
from conformance.judging.flakiness import change_of
from conformance.plan.plan import Plan
from conformance.send.recheck import attempt_of, excused, passed_on_recheck
from tests.serving import target_at

PLAN = Plan(target_at("http://127.0.0.1:9"), 1)
PROVIDERS = {"extra_fields": {"provider": "openai"}}


def answered(
    status: int | None,
    body: Any = None,
    *,
    control: int | None = 200,
    failure: Any = "dropped",
    **headers: str,
) -> Exchange:
    """Return a faulty request with this answer, and a control with its own answer."""
    request, plain = PLAN.bind(fault(variation(n=11), control=PLAIN)), PLAN.bind(PLAIN)
    assert isinstance(request, Request)
    assert isinstance(plain, Request)
    content = b"" if body is None else json.dumps(body).encode()
    given = tuple((k.replace("_", "-"), v) for k, v in headers.items())
    reply = None if status is None else Reply(status, given, content)
    other = Exchange(
        plain, None if control is None else Reply(control, (), b"{}"), "timeout", "no answer"
    )
    if reply is not None:
        return Exchange(request, reply, control=other)
    return Exchange(request, None, failure, "the connection was closed", control=other)


RATE_LIMITED = (408, 409, 425, 429)


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_a_2xx_is_accepted(status: int) -> None:
    assert expect(answered(status)).accepted().status == status


@pytest.mark.parametrize("status", [199, 301, 400, 401, 404, 500, 501, None])
def test_all_else_is_not_accepted(status: int | None) -> None:
    with pytest.raises(AssertionError, match="expected a success"):
        expect(answered(status)).accepted()


@pytest.mark.parametrize(
    "status", [400, 402, 406, 410, 411, 413, 414, 415, 416, 417, 418, 421, 422, 426, 428, 451]
)
def test_a_4xx_that_blames_the_request_is_a_refusal(status: int) -> None:
    assert expect(answered(status)).refused().status == status


@pytest.mark.parametrize(
    "status", [200, 201, 204, 302, 401, 403, 404, 405, 407, 431, 500, 501, 502, 599, None]
)
def test_all_else_is_no_refusal(status: int | None) -> None:
    with pytest.raises(AssertionError, match="expected a refusal"):
        expect(answered(status)).refused()


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_a_model_may_be_refused_with_403_and_404_too(status: int) -> None:
    expect(answered(status)).refused(model_at_fault=True)


@pytest.mark.parametrize("status", [200, 401, 405, 500])
def test_a_model_is_not_refused_by_all_else(status: int) -> None:
    with pytest.raises(AssertionError):
        expect(answered(status)).refused(model_at_fault=True)


@pytest.mark.parametrize("control", [400, 401, 404, 429, 500, None])
@pytest.mark.parametrize("status", [200, 400, 401, 404])
def test_a_refusal_counts_only_next_to_an_accepted_control(
    status: int, control: int | None
) -> None:
    exchange = answered(status, control=control)
    for judge in (expect(exchange).refused, expect(exchange).no_entry):
        with pytest.raises(Untestable, match=r"its control without the fault \(plain\)"):
            judge()


def test_a_refusal_without_a_control_is_untestable() -> None:
    with pytest.raises(Untestable, match="control was not sent"):
        expect(replace(answered(400), control=None)).refused()


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_bad_credential_gets_no_entry(status: int) -> None:
    assert expect(answered(status)).no_entry().status == status


@pytest.mark.parametrize("status", [200, 204, 302, 402, 404, 405, 422, 500, None])
def test_all_else_is_no_refused_entry(status: int | None) -> None:
    with pytest.raises(AssertionError, match="expected no entry"):
        expect(answered(status)).no_entry()


@pytest.mark.parametrize("status", RATE_LIMITED)
def test_a_request_that_was_only_rate_limited_is_untestable(status: int) -> None:
    for name in ("accepted", "refused", "no_entry", "answered", "judged"):
        with pytest.raises(Untestable, match=str(status)):
            getattr(expect(answered(status)), name)()


def test_a_rate_limit_on_the_second_of_two_pipelined_requests_is_untestable() -> None:
    for reply in (Reply(429, (), b""), Reply(503, (("retry-after", "1"),), b"")):
        with pytest.raises(Untestable, match=str(reply.status)):
            expect(replace(answered(400), behind=(reply,))).judged()
    expect(replace(answered(400), behind=(Reply(401, (), b""),))).judged()


def test_a_rate_limit_on_the_fault_alone_says_nothing_of_its_odd_part() -> None:
    odd = replace(answered(500), control=answered(429))
    with pytest.raises(Untestable, match="429"):
        answered_like_its_control(odd)


@pytest.mark.parametrize("status", [429, 503])
def test_a_rate_limit_the_second_time_is_no_other_answer(status: int) -> None:
    again = replace(answered(status, retry_after="1"), control=answered(200))
    with pytest.raises(Untestable, match=str(status)):
        refused_again(again)


def test_a_gateway_that_is_busy_is_untestable() -> None:
    with pytest.raises(Untestable):
        expect(answered(503, retry_after="5")).answered()
    with pytest.raises(AssertionError):
        expect(answered(503)).answered()


@pytest.mark.parametrize("failure", ["budget", "down"])
def test_a_request_that_was_not_sent_is_untestable(failure: str) -> None:
    for name in ("accepted", "refused", "no_entry", "answered", "judged"):
        with pytest.raises(Untestable, match=failure):
            getattr(expect(answered(None, failure=failure)), name)()


def test_a_request_that_was_not_sent_again_changed_nothing() -> None:
    earlier = (attempt_of(answered(401)),)
    down = replace(answered(None, failure="down"), earlier=earlier)
    assert change_of(down) == ""
    assert change_of(replace(answered(200), earlier=earlier))
    with pytest.raises(Untestable, match="down"):
        refused_again(replace(down, control=answered(401)))


def test_a_try_that_an_outage_excuses_is_no_sign_of_flakiness() -> None:
    again = replace(answered(400), earlier=(attempt_of(answered(None)),))
    assert passed_on_recheck(again)
    assert not passed_on_recheck(excused(again))


@pytest.mark.parametrize("status", [200, 400, 401, 404, 405, 431, 501])
def test_an_answer_is_anything_but_a_failure(status: int) -> None:
    assert expect(answered(status)).answered().status == status


@pytest.mark.parametrize("status", [302, 307, 500, 502, 503, 504, 505, 599, None])
def test_a_server_error_and_no_answer_are_none(status: int | None) -> None:
    with pytest.raises(AssertionError, match="expected an answer"):
        expect(answered(status)).answered()


@pytest.mark.parametrize("failure", ["timeout", "dropped", "unreachable", "too-large", "not-http"])
def test_the_message_names_each_way_to_give_no_answer(failure: str) -> None:
    with pytest.raises(AssertionError, match=f"no answer: {failure}: the connection was closed"):
        expect(answered(None, failure=failure)).answered()


@pytest.mark.parametrize(
    ("status", "body", "providers"),
    [
        (502, None, True),
        (504, None, True),
        (500, PROVIDERS, True),
        (503, PROVIDERS, True),
        (500, None, False),
        (500, {"extra_fields": {"provider": ""}}, False),
        (500, {"extra_fields": "openai"}, False),
        (500, ["extra_fields"], False),
        (400, PROVIDERS, False),
        (None, None, False),
    ],
)
def test_a_failure_of_the_provider_is_not_one_of_the_gateway(
    status: int | None,
    body: Any,
    providers: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    exchange = answered(status, body)
    assert is_providers(exchange) is providers
    if status == 400:
        return
    with pytest.raises(AssertionError):
        expect(exchange).answered()
    if providers:
        expect(exchange).answered(provider_may_fail=True)
    else:
        with pytest.raises(AssertionError):
            expect(exchange).answered(provider_may_fail=True)


def test_a_failure_says_what_was_expected_and_what_came() -> None:
    with pytest.raises(AssertionError) as raised:
        expect(answered(200, {"data": [{}, {}]})).refused()
    first, second = str(raised.value).splitlines()
    assert first.startswith("expected a refusal (400, 415, 422")
    assert second == 'got 200 with 2 item(s): {"data": [{}, {}]}'


def test_a_description_is_short_and_on_one_line() -> None:
    said = describe(answered(400, "x\n" * 1000))
    assert len(said) < 320
    assert "\n" not in said
    assert describe(answered(400)) == "400: an empty body"


def test_each_names_the_exchanges_and_shows_the_first_five() -> None:
    exchange = answered(400)
    with pytest.raises(Failed) as raised:
        each((exchange, f"problem {i}") for i in range(7))
    lines = str(raised.value).splitlines()
    assert lines[0] == f"n=11 [{exchange.id}]: problem 0"
    assert len(lines) == 6
    assert lines[-1] == "… and 2 more"
    assert raised.value.exchanges == (exchange.id,)


def test_each_without_a_problem_passes() -> None:
    each(())


def test_nothing_to_judge_is_untestable_and_nothing_that_must_be_there_not_applicable() -> None:
    assert some(iter([1, 2]), "x") == [1, 2]
    assert where_present(iter([1]), "x") == [1]
    with pytest.raises(Untestable, match="no success in this run"):
        some([], "success")
    with pytest.raises(NotApplicable, match="no usage in this run"):
        where_present([], "usage")


@pytest.mark.parametrize("value", [None, [], "x", 1, True])
def test_what_is_no_object_reads_as_an_empty_one(value: Any) -> None:
    assert known_object(value) == {}
    assert known_object({"a": 1}) == {"a": 1}
