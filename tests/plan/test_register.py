"""The register of specs: each spec once, with the checks that read its request."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.cases.spec import PLAIN, fault, variation, with_credential
from conformance.http.request import Request
from conformance.plan.plan import Asked, Plan, Unavailable
from conformance.plan.register import Register
from tests.serving import target_at
from tests.values import URL

ONE, ELEVEN = variation(n=1), fault(variation(n=11), control=variation(n=1))


def register() -> Register:
    return Register(Plan(target_at(URL), 1))


def test_equal_requests_are_in_the_plan_once_and_have_both_readers() -> None:
    made = register()
    first, again = made.ask(ONE, "N-1"), made.ask(variation(n=1), "BODY-5")
    assert first == again
    assert isinstance(first, Asked)
    assert made.readers[first.id] == ["N-1", "BODY-5"]
    assert [*made.plan.requests] == [first.id]


def test_a_faulty_request_brings_its_control() -> None:
    made = register()
    asked = made.ask(ELEVEN, "N-2")
    assert isinstance(asked, Asked)
    control = made.plan.requests[asked.id].control
    assert control in made.plan.requests
    assert control not in made.readers


def test_what_is_asked_alone_has_the_same_readers() -> None:
    whole = replace(variation("both", n=2, user="u"), otherwise=variation(n=2))
    made = register()
    asked = made.ask(whole, "N-1")
    assert isinstance(asked, Asked)
    assert len(asked.alone) == 1
    assert [made.readers[id_] for id_ in (asked.id, *asked.alone)] == [["N-1"], ["N-1"]]
    assert [*made.plan.optional] == [*asked.alone]


def test_a_spec_that_the_target_cannot_be_asked_says_why_and_is_in_no_plan() -> None:
    made = register()
    jwt = with_credential("a JWT", "jwt")
    asked = made.ask(jwt, "AUTH-1")
    assert isinstance(asked, Unavailable)
    assert "--api-key-env" in asked.reason
    assert made.of(jwt) is asked
    assert made.plan.requests == {}
    assert made.readers == {}


def test_a_spec_that_no_check_asked_for_is_unknown() -> None:
    with pytest.raises(KeyError):
        register().of(PLAIN)


def test_with_another_plan_all_is_asked_again() -> None:
    made = register()
    made.ask(ONE, "N-1")
    made.ask(ELEVEN, "N-2")
    other = made.with_plan(Plan(target_at(f"{URL}2"), 1))
    asked = other.of(ONE)
    assert isinstance(asked, Asked)
    assert len(other.plan.requests) == len(made.plan.requests)
    assert other.plan.requests.keys().isdisjoint(made.plan.requests)
    assert other.readers[asked.id] == ["N-1"]


def test_a_picture_is_counted_under_the_clause_that_asked_first() -> None:
    made = register()
    asked = made.ask(ONE, "N-1")
    made.ask(ONE, "BODY-5")
    observed = made.ask(variation(size=""), "SIZE-O1")
    assert isinstance(asked, Asked)
    assert isinstance(observed, Asked)
    assert made.clauses() == {asked.id: "N", observed.id: "SIZE"}


def test_a_spec_is_known_by_its_identity_and_a_request_by_its_bytes() -> None:
    assert variation(n=1) != variation(n=1)
    made = register()
    one, other = made.plan.bind(variation(n=1)), made.plan.bind(variation(n=1))
    assert isinstance(one, Request)
    assert one == other
