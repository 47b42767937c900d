"""Whose problem it is, asked of real servers, and told from the calls to the provider."""

from __future__ import annotations

import contextlib
import json
import socket
import urllib.error
import urllib.request
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.evidence.attribution import Observer
from conformance.http.provider_call import HUNG_UP, Answered, Call, Claim, Part
from conformance.http.redacting.vault import Vault
from conformance.plan.plan import Plan
from conformance.provider.server import url_of
from conformance.run.diagnoses import SIBLING
from conformance.run.preflight import examine
from conformance.run.whose.calls import by_calls
from conformance.run.whose.causes import WHOSE_KEY
from conformance.run.whose.evidence import by_evidence
from conformance.send.sender import Sender
from conformance.target.options import Limits
from tests.clock import Skipping
from tests.serving import HOST, Answer, Got, Loopback, json_answer, pictures_answer, target_at
from tests.values import exchange, request

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.result.model import Diagnosis

TARGET = target_at("http://127.0.0.1:1", model="openai/dall-e-2")
ROUTE = "/v1/images/variations"
FORM = (("content-type", "multipart/form-data; boundary=b"),)
PICTURE = Part("image", file_name="a.png", sha256="0")


def refused(status: int, message: str, **more: Any) -> Answer:
    return json_answer({"error": {"message": message, **more}}, status)


def examined(url: str, observer: Observer | None = None, **flags: Any) -> tuple[Diagnosis, ...]:
    target = target_at(url, **flags)
    clock = Skipping().clock
    with Sender(target, Limits(timeout_s=5), lambda _: None, clock=clock) as sender:
        plan = Plan(target, 1, mark="a-run" if observer else "")
        if observer is None:
            return examine(plan, sender)
        observer.follow(plan, sender.windows)
        return examine(plan, sender, observer.calls)


def told(decide: Callable[[Got], Answer]) -> tuple[Diagnosis, list[Got]]:
    with Loopback(decide) as server:
        (found,) = examined(server.url)
    return found, server.got


def test_a_proxy_whose_gateway_is_down_is_not_the_gateway() -> None:
    page = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
    found, asked = told(lambda _: Answer(502, page, {"content-type": "text/html"}))
    assert found.whose == "the server before the gateway"
    assert {got.path for got in asked} == {ROUTE, ROUTE + SIBLING}


def test_a_gateway_that_ends_over_the_plain_form_alone_can_be_judged() -> None:
    page = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"

    def decide(got: Got) -> Answer:
        if not got.path.endswith("variations"):
            return json_answer({"detail": "Not Found"}, 404)
        passes = b'name="image[]"' in got.body
        return pictures_answer() if passes else Answer(502, page, {"content-type": "text/html"})

    with Loopback(decide) as server:
        assert examined(server.url) == ()


def test_a_header_that_every_path_wants_is_no_missing_route() -> None:
    text = {"message": "Either x-portkey-config or x-portkey-provider header is required"}
    found, asked = told(lambda _: json_answer(text, 400))
    assert "--header" in found.what_to_do
    assert "x-portkey-config" in found.problem
    assert {got.path for got in asked} == {ROUTE}


def test_an_account_without_credit_is_no_rate_limit() -> None:
    text = "You exceeded your current quota, please check your plan and billing details."
    found, _ = told(lambda _: refused(429, text, code="insufficient_quota"))
    assert found.whose == "the account at the provider"


def test_a_provider_that_refuses_the_gateways_key_is_not_the_clients_key() -> None:
    text = "Incorrect API key provided. Find yours at https://platform.openai.com/account/api-keys."
    found, _ = told(lambda _: refused(401, text, code="invalid_api_key"))
    assert found.whose != WHOSE_KEY
    assert "provider's key" in found.whose


def test_the_form_that_came_furthest_decides_and_the_others_are_named() -> None:
    def decide(got: Got) -> Answer:
        if not got.path.endswith("variations"):
            return json_answer({"detail": "Not Found"}, 404)
        if b'name="image[]"' in got.body:
            return refused(400, "no keys found that support model: dall-e-2")
        return refused(415, "Unsupported Media Type")

    found, _ = told(decide)
    assert "no channel" in found.whose
    assert "in 9 forms" in found.problem
    assert "415 (the gateway does not read the form" in found.problem


def _forwarded(to: str, path: str, *, body: bytes | None = None) -> Callable[[Got], Answer]:
    """A gateway that sends each form on to a provider, and passes off what comes as its own error."""

    def decide(got: Got) -> Answer:
        if not got.path.endswith("variations"):
            return json_answer({"detail": "Not Found"}, 404)
        kind = {"content-type": got.headers["content-type"], "authorization": "Bearer other-key"}
        whole = got.body if body is None else body
        if body is not None:
            kind["content-type"] = "multipart/form-data; boundary=b"
        sent = urllib.request.Request(to + path, whole, kind, method="POST")
        with contextlib.suppress(urllib.error.HTTPError):
            urllib.request.urlopen(sent, timeout=5).read()
        return refused(500, "the model is not supported")

    return decide


NO_PICTURE = b'--b\r\nContent-Disposition: form-data; name="model"\r\n\r\ndall-e-2\r\n--b--\r\n'


@pytest.mark.parametrize(
    ("path", "body", "whose", "said"),
    [
        ("/v1/images/variations", None, "the gateway", "the provider made a picture"),
        ("/v1/images/variations", NO_PICTURE, "the gateway", "PROVIDER-1"),
        ("/v1/v1/images/variations", None, "the gateway's configuration", "/v1/v1/images"),
    ],
    ids=["a picture that the client did not get", "no picture", "/v1 twice"],
)
def test_while_observed_the_calls_decide(
    path: str, body: bytes | None, whose: str, said: str
) -> None:
    listener = socket.create_server((HOST, 0))
    observer = Observer(listener, Vault())
    observer.start()
    try:
        with Loopback(_forwarded(url_of(listener), path, body=body)) as gateway:
            port = listener.getsockname()[1]
            (found,) = examined(gateway.url, observer, observe=f"{HOST}:{port}")
    finally:
        observer.stop()
    assert found.whose == whose
    assert said in found.problem


GOOD = exchange(500, request("a good request"))
CALL = Call(
    "c", 1.0, "POST", "/v1/images/variations", FORM, parts=(PICTURE,),
    claim=Claim((GOOD.id,), "bytes"), answered=Answered(400, text='{"error": {"message": "bad n"}}'),
)  # fmt: skip


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (CALL, "refused what the gateway sent on: bad n"),
        (replace(CALL, problem="the body is no JSON"), "the body is no JSON"),
        (replace(CALL, answered=None), "without a word"),
        (replace(CALL, answered=Answered(200, pictures=1), end=HUNG_UP), "hung up"),
        (replace(CALL, answered=Answered(200, pictures=1)), "the provider made a picture"),
        (replace(CALL, parts=(), claim=Claim(perhaps=(GOOD.id,), refusal="no")), "PROVIDER-1"),
    ],
)
def test_a_call_without_a_picture_for_the_client_is_the_gateways(call: Call, said: str) -> None:
    found = by_calls([GOOD], [call])
    assert found is not None
    assert found.whose == "the gateway"
    assert said in found.problem
    assert found.exchanges == (GOOD.id,)


def test_the_most_telling_call_decides() -> None:
    found = by_calls([GOOD], [CALL, replace(CALL, answered=Answered(200, pictures=1))])
    assert found is not None
    assert "made a picture" in found.problem


BARE = replace(CALL, parts=(), claim=Claim(refusal="nothing of that run"))


@pytest.mark.parametrize(("finished", "found"), [(1.5, True), (0.9, False), (9.0, False)])
def test_a_call_whose_picture_and_fields_are_gone_is_told_by_its_time(
    finished: float,
    found: bool,  # noqa: FBT001 - a row of the table
) -> None:
    good = replace(GOOD, finished_at=finished, elapsed_s=1.0)
    told = by_calls([good], [BARE])
    assert (told is not None and "PROVIDER-1" in told.problem) is found


def test_another_call_leaves_it_open_which_provider_failed() -> None:
    good = exchange(502)
    stranger = replace(CALL, claim=Claim(refusal="a stranger"))
    assert by_evidence(TARGET, [good], tuple) is not None
    assert by_evidence(TARGET, [good], lambda: [stranger]) is None


@pytest.mark.parametrize(
    "call",
    [
        replace(CALL, claim=Claim(refusal="a stranger")),
        replace(CALL, method="GET"),
        replace(CALL, fault="fault-400"),
    ],
)
def test_a_call_of_nobody_here_tells_nothing(call: Call) -> None:
    assert by_calls([GOOD], [call]) is None


@pytest.mark.parametrize(
    ("status", "message", "observed", "whose"),
    [
        (500, "connect ECONNREFUSED 10.0.0.1:443", True, "the gateway's configuration"),
        (500, "connect ECONNREFUSED 10.0.0.1:443", False, "the provider behind the gateway"),
        (502, "it failed", True, "the gateway's configuration"),
        (502, "it failed", False, None),
        (500, "connect ECONNREFUSED 10.0.0.1:6379", True, "the gateway"),
        (400, "no", True, None),
    ],
)
def test_a_provider_that_was_not_called_is_another_one(
    status: int,
    message: str,
    observed: bool,  # noqa: FBT001 - a row of the table
    whose: str | None,
) -> None:
    good = exchange(status, body=json.dumps({"error": {"message": message}}).encode())
    found = by_evidence(TARGET, [good], tuple if observed else None)
    assert (found.whose if found else None) == whose
