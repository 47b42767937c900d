"""Each call to the provider is attributed by its picture, and never by a guess."""

from __future__ import annotations

import io
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest
from PIL import Image

from conformance.cases.spec import PLAIN, Spec, fault, variation
from conformance.evidence.attribution import Observer, rules_for
from conformance.evidence.calls import read_calls, write_calls
from conformance.http.exchange import Exchange, Reply
from conformance.http.images import looking, pictures
from conformance.http.redacting.vault import Vault
from conformance.http.request import Request
from conformance.plan.plan import Plan
from conformance.provider.server import REFUSED, listening
from tests.serving import target_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TARGET = target_at("http://127.0.0.1:9")
TWO = replace(variation(n=2), same_picture_as=PLAIN, after=PLAIN)
BASE64 = replace(variation(response_format="b64_json"), same_picture_as=PLAIN, after=PLAIN)


@pytest.fixture
def plan() -> Plan:
    return Plan(TARGET, 1, mark="a-run")


@pytest.fixture
def observer(plan: Plan) -> Iterator[Observer]:
    made = Observer(listening("127.0.0.1", 0), Vault())
    made.follow(plan, {})
    made.start()
    yield made
    made.stop()


def bound(plan: Plan, spec: Spec) -> Request:
    request = plan.bind(spec)
    assert isinstance(request, Request)
    return request


def call(observer: Observer, content: bytes, **fields: str) -> httpx.Response:
    return httpx.post(
        f"{observer.url}/v1/images/variations",
        headers={"authorization": "Bearer sk-provider-0001"},
        data={"model": "dall-e-2", **fields},
        files={"image": ("x.png", content, "image/png")},
    )


def answered(request: Request, body: bytes = b"{}") -> Exchange:
    return Exchange(request, Reply(200, (), body), elapsed_s=5, finished_at=time.time())


def written_as(content: bytes, kind: str) -> bytes:
    out = io.BytesIO()
    Image.open(io.BytesIO(content)).convert("RGB").save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "by"), [("", "bytes"), ("PNG", "pixels"), ("JPEG", "likeness"), ("WEBP", "likeness")]
)
def test_a_call_is_known_by_its_picture(plan: Plan, observer: Observer, kind: str, by: str) -> None:
    mine, other = bound(plan, PLAIN), bound(plan, variation(n=3))
    content = written_as(mine.picture, kind) if kind else mine.picture
    if kind == "PNG":
        content = written_as(written_as(content, "BMP"), "PNG") + b"more"
    assert call(observer, content).status_code == 200
    (seen,) = observer.seen(answered(mine)).calls or ()
    assert (seen.request, seen.claim.by, seen.settled) == (mine.id, by, True)
    assert observer.seen(answered(other)).calls == ()


def test_what_was_seen_holds_until_a_call_changes(plan: Plan, observer: Observer) -> None:
    mine = bound(plan, PLAIN)
    before = observer.changes
    assert observer.changes == before
    call(observer, mine.picture)
    assert observer.changes > before
    assert len(observer.seen(answered(mine)).calls or ()) == 1


def test_a_truncated_picture_is_known_by_its_start(plan: Plan, observer: Observer) -> None:
    mine = bound(plan, PLAIN)
    assert call(observer, mine.picture[:600]).status_code == 400
    assert [c.claim.by for c in observer.seen(answered(mine)).calls or ()] == ["part"]


def test_a_call_that_is_not_of_the_run_gets_no_picture(plan: Plan, observer: Observer) -> None:
    bound(plan, PLAIN)
    theirs = bound(Plan(TARGET, 1, mark="another-run"), PLAIN)
    for content in (theirs.picture, pictures.make("x")):
        answer = call(observer, content)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, REFUSED)
    fault_too = call(observer, theirs.picture, model="fault-500")
    assert fault_too.status_code == 403
    assert all(c.claim.refusal for c in observer.calls())


def test_one_picture_in_two_requests_is_told_apart_by_fields_or_not_at_all(
    plan: Plan, observer: Observer
) -> None:
    two, base64 = bound(plan, TWO), bound(plan, BASE64)
    now = time.time()
    observer.follow(plan, {two.id: [(now, None)], base64.id: [(now, None)]})
    assert two.picture == base64.picture
    call(observer, two.picture, n="2")
    assert len(observer.seen(answered(two)).calls or ()) == 1
    assert not observer.seen(answered(base64)).calls
    assert not observer.seen(answered(base64)).calls_unclear
    call(observer, two.picture)  # neither n nor response_format: both requests may have caused it
    assert "2 requests" in observer.seen(answered(two)).calls_unclear
    assert "2 requests" in observer.seen(answered(base64)).calls_unclear


def settled(exchange: Exchange) -> list[bool]:
    return [c.settled for c in exchange.calls or ()]


def test_tries_that_touch_are_told_apart(plan: Plan, observer: Observer) -> None:
    mine = bound(plan, PLAIN)
    call(observer, mine.picture)
    between = time.time()
    call(observer, mine.picture)
    windows = {mine.id: [(between - 60, between), (between, None)]}
    observer.follow(plan, windows)
    assert settled(observer.seen(answered(mine))) == [False, True]


def test_a_late_call_of_an_earlier_try_is_told_by_the_pictures_of_the_answer(
    plan: Plan, observer: Observer
) -> None:
    mine = bound(plan, PLAIN)
    now = time.time()
    observer.follow(plan, {mine.id: [(now - 60, now), (now, None)]})
    call(observer, mine.picture)  # a retry of the gateway, after it had answered the first try
    served = call(observer, mine.picture, response_format="b64_json")
    assert settled(observer.seen(answered(mine, served.content))) == [False, True]


def test_a_late_call_of_a_single_try_counts(plan: Plan, observer: Observer) -> None:
    mine = bound(plan, PLAIN)
    now = time.time()
    observer.follow(plan, {mine.id: [(now - 60, now - 30)]})
    call(observer, mine.picture)
    assert settled(observer.seen(answered(mine))) == [True]


def test_a_copy_that_a_check_sends_has_its_own_calls(plan: Plan, observer: Observer) -> None:
    mine = bound(plan, PLAIN)
    copy = replace(mine, copy=1, purpose="probe")
    plan.repeats(copy)
    call(observer, mine.picture)
    between = time.time()
    call(observer, mine.picture)
    observer.follow(plan, {mine.id: [(between - 60, between)], copy.id: [(between, None)]})
    for one in (mine, copy):
        (seen,) = observer.seen(answered(one)).calls or ()
        assert seen.request == one.id


def test_a_call_that_lost_its_picture_may_be_of_what_is_in_flight(
    plan: Plan, observer: Observer
) -> None:
    mine, other = bound(plan, PLAIN), bound(plan, variation(n=2))
    now = time.time()
    observer.follow(plan, {mine.id: [(now, None)], other.id: [(now - 60, now - 30)]})
    assert httpx.post(f"{observer.url}/v1/images/variations").status_code == 400
    (lost,) = observer.calls()
    assert lost.claim.perhaps == (mine.id,)
    assert "no picture" in lost.claim.refusal


@pytest.mark.parametrize("form", ["acme/broken", "broken"])
def test_the_model_that_the_operator_names_as_failing_fails(plan: Plan, form: str) -> None:
    target = target_at("http://127.0.0.1:9", failing_model="acme/broken", observe="1")
    observer = Observer(listening("127.0.0.1", 0), Vault(), rules_for(target))
    observer.follow(plan, {})
    observer.start()
    try:
        answer = call(observer, bound(plan, PLAIN).picture, model=form)
    finally:
        observer.stop()
    assert (answer.status_code, [c.fault for c in observer.calls()]) == (500, ["broken"])


def test_a_key_that_the_provider_saw_later_is_taken_out_of_earlier_answers(
    plan: Plan, observer: Observer
) -> None:
    mine = bound(plan, PLAIN)
    leaking = replace(answered(mine), reply=Reply(200, (), b'{"key": "sk-provider-0001"}'))
    assert "sk-provider-0001" in observer.seen(leaking).text
    call(observer, mine.picture)
    assert "«whole credential:provider»" in observer.seen(leaking).text


def test_a_request_has_the_same_id_in_every_run_and_another_picture() -> None:
    one, other = (Plan(TARGET, 1, mark=m) for m in ("a", "b"))
    bad = fault(variation(n=11), control=PLAIN)
    assert bound(one, bad).id == bound(other, bad).id
    assert bound(one, bad).picture != bound(other, bad).picture
    assert bound(one, bad).picture != bound(one, PLAIN).picture


def test_a_picture_of_the_operators_is_marked_and_shows_the_same() -> None:
    own = pictures.make("the operator's")
    assert pictures.marked(own, "one") != pictures.marked(own, "two")
    assert looking.pixels(own) == looking.pixels(pictures.marked(own, "one"))
    assert pictures.marked(b"no PNG", "one") == b"no PNG"


def test_calls_are_read_back_as_they_were_written(
    plan: Plan, observer: Observer, tmp_path: Path
) -> None:
    call(observer, bound(plan, PLAIN).picture, n="2", user="Zoë")
    call(observer, b"no picture", model="fault-drop2")
    # Once: how a dropped call ended is noted a moment after its caller saw the end.
    calls = observer.calls()
    write_calls(tmp_path / "provider.jsonl", calls, Vault())
    assert tuple(read_calls(tmp_path / "provider.jsonl")) == calls
