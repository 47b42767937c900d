"""Whose entry of a gateway's cache an answer came from, and what is asked in its place."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from conformance.cases.spec import PLAIN, Upload, uploaded, variation
from conformance.http.images import looking, pictures
from conformance.http.request import Request
from conformance.plan.plan import Plan
from conformance.send.hits import Hits
from tests.serving import target_at
from tests.values import URL, exchange

if TYPE_CHECKING:
    from conformance.cases.spec import Spec
    from conformance.http.exchange import Exchange

HIT = json.dumps({"extra_fields": {"cache_debug": {"cache_hit": True}}}).encode()


def bound(plan: Plan, spec: Spec) -> Request:
    made = plan.bind(spec)
    assert isinstance(made, Request)
    return made


def hit(request: Request, hits: Hits, body: bytes = HIT) -> Exchange:
    known = hits.sending(request)
    return hits.told(exchange(200, request, body), known=known)


def test_a_hit_for_a_picture_that_went_out_before_is_of_this_run() -> None:
    request, hits = bound(Plan(target_at(URL), 1), PLAIN), Hits()
    hits.sending(request)
    assert hit(request, hits).filled_by == "this run"


def test_a_first_hit_is_of_an_earlier_run_and_with_a_new_seed_of_nobody() -> None:
    old, new = (bound(Plan(target_at(URL), 1, new_seed=n), PLAIN) for n in (False, True))
    assert hit(old, Hits()).filled_by == "an earlier run"
    assert hit(new, Hits()).filled_by == "nobody"
    assert hit(old, Hits(), b"{}").filled_by == "this run"


def test_what_an_earlier_run_filled_is_asked_again_with_another_picture_under_the_same_id() -> None:
    plan = Plan(target_at(URL), 1)
    request, hits = bound(plan, PLAIN), Hits(plan.renewed)
    again = hits.again(hit(request, hits))
    assert again is not None
    assert again.picture != request.picture
    assert (again.id, again.new_picture, plan.renewals) == (request.id, True, 1)
    assert hit(again, hits).filled_by == "nobody"
    assert hits.again(hit(replace(again, new_picture=False), hits)) is None


def test_minimal_pairs_share_their_fresh_picture() -> None:
    plan = Plan(target_at(URL), 1)
    one = variation(n=1)
    pair = [plan.renewed(bound(plan, s)) for s in (one, replace(one, label="b", control=one))]
    assert len({r.picture for r in pair if r is not None}) == 1
    assert bound(Plan(target_at(URL), 1, fresh="x"), one).id == bound(plan, one).id


@pytest.mark.parametrize(("kind", "renews"), [("png", True), ("jpeg", True), ("webp", False)])
def test_an_operators_picture_gets_a_comment_where_its_format_takes_one(
    kind: pictures.Kind, *, renews: bool
) -> None:
    plan = Plan(replace(target_at(URL), image=pictures.make("operator's", kind)), 1, new_seed=True)
    request = bound(plan, PLAIN)
    assert not request.new_picture
    # Its burst is chosen when everything is bound.
    again = plan.renewed(replace(request, burst="b1"))
    assert (again is not None) is renews
    if again is not None:
        assert looking.measure(again.picture) == looking.measure(request.picture)


def test_a_picture_whose_bytes_are_the_point_is_not_changed() -> None:
    plan = Plan(target_at(URL), 1)
    request = bound(plan, uploaded("fixed", Upload(content=b"GIF89a")))
    assert plan.renewed(request) is None
