"""If the target cannot be judged, the preflight says why, and whose problem it looks like."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from conformance.http.provider_call import Call, Claim
from conformance.plan.plan import Plan
from conformance.provider.server import REFUSED
from conformance.run.diagnoses import SIBLING, not_of_this_run
from conformance.run.preflight import examine
from conformance.run.whose.causes import WHOSE_KEY
from conformance.send.sender import Sender
from conformance.target.options import Limits
from tests.clock import Skipping
from tests.commanding import judged
from tests.serving import (
    HOST,
    Answer,
    Got,
    Loopback,
    free_port,
    json_answer,
    on_the_wire,
    pictures_answer,
    raw_server,
    read_request,
    refusal,
    target_at,
)
from tests.values import exchange

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from pathlib import Path

    from conformance.result.model import Diagnosis

HTML = Answer(200, b"<html><body>Welcome</body></html>", {"content-type": "text/html"})
ROUTE = "/v1/images/variations"


def examined(url: str, limits: Limits | None = None, **flags: Any) -> tuple[Diagnosis, ...]:
    target = target_at(url, **flags)
    clock = Skipping().clock
    with Sender(target, limits or Limits(timeout_s=5), lambda _: None, clock=clock) as sender:
        return examine(Plan(target, 1), sender)


def told(decide: Callable[[Got], Answer], **flags: Any) -> Diagnosis:
    with Loopback(decide) as server:
        (found,) = examined(server.url, **flags)
    assert found.problem
    assert found.what_to_do
    assert found.exchanges
    return found


def on_the_route(answer: Answer, elsewhere: Answer | None = None) -> Callable[[Got], Answer]:
    other = elsewhere or json_answer({"detail": "Not Found"}, 404)
    return lambda got: answer if got.path == ROUTE else other


def test_a_good_answer_is_enough() -> None:
    with Loopback(lambda _: pictures_answer()) as server:
        assert examined(server.url) == ()
    assert len(server.got) == 1


def test_a_rate_limit_is_no_missing_route() -> None:
    with Loopback(lambda _: refusal(429)) as server:
        (found,) = examined(server.url)
    assert found.whose == "the rate limit"


def test_a_server_that_is_not_there_points_to_the_address() -> None:
    (found,) = examined(f"http://{HOST}:{free_port()}")
    assert "the address" in found.whose
    assert "cannot be reached" in found.problem


def test_a_server_that_does_not_speak_http_points_to_the_address() -> None:
    def greet(connection: socket.socket, _number: int) -> None:
        connection.sendall(b"SSH-2.0-OpenSSH_9.7\r\n")
        read_request(connection)

    with raw_server(greet) as (url, _):
        (found,) = examined(url)
    assert "the address" in found.whose
    assert "no HTTP" in found.what_to_do


def test_a_server_that_answers_with_something_else_points_to_the_address() -> None:
    def babble(connection: socket.socket, _number: int) -> None:
        read_request(connection)
        connection.sendall(b"220 mail ESMTP\r\n\r\n500 what?\r\n\r\n")

    with raw_server(babble) as (url, _):
        (found,) = examined(url)
    assert "the address" in found.whose
    assert "does not speak HTTP" in found.problem


def test_a_server_that_drops_every_connection_is_described_so() -> None:
    def drop(connection: socket.socket, _number: int) -> None:
        read_request(connection)

    with raw_server(drop) as (url, _):
        (found,) = examined(url)
    assert "closes every connection" in found.problem


def test_a_server_that_never_answers_is_no_gateway() -> None:
    def wait(connection: socket.socket, _number: int) -> None:
        read_request(connection)
        connection.recv(1)

    with raw_server(wait) as (url, _):
        (found,) = examined(url, Limits(timeout_s=0.2))
    assert found.whose == "the gateway, or a proxy before it"
    assert "--timeout" in found.what_to_do


@pytest.mark.parametrize("status", [401, 403, 407])
def test_a_refused_credential_points_to_the_key(status: int) -> None:
    assert told(lambda _: refusal(status)).whose == "the key"
    assert told(on_the_route(refusal(status))).whose == "the key"


STRANGER = json_answer({"error": {"message": "x", "code": REFUSED}}, 403)


def test_a_stand_in_of_another_run_is_told_from_a_refused_credential() -> None:
    found = told(on_the_route(STRANGER))
    assert "another run" in found.problem
    assert found.whose != WHOSE_KEY


def test_a_call_that_this_runs_stand_in_did_not_know_points_to_the_gateway() -> None:
    good = exchange(403, body=STRANGER.body)
    stranger = Call("c", 1.0, "POST", ROUTE, claim=Claim(refusal="no picture"))
    assert "could not recognize" in not_of_this_run(good, [stranger]).problem
    assert "another run" in not_of_this_run(good, []).problem


def test_404_for_everything_is_no_route() -> None:
    found = told(lambda _: json_answer({"detail": "Not Found"}, 404))
    assert found.whose == "the address: no such route"
    assert "--path" in found.what_to_do


def test_404_that_repeats_the_path_is_no_route() -> None:
    found = told(lambda got: json_answer({"error": f"no route for {got.path}"}, 404))
    assert found.whose == "the address: no such route"


def test_404_with_a_request_id_is_no_route() -> None:
    ids = iter(range(10**9, 10**10, 12345))
    found = told(
        lambda _: json_answer({"error": "?", "request_id": f"{next(ids):x}-{next(ids)}"}, 404)
    )
    assert found.whose == "the address: no such route"


@pytest.mark.parametrize("answer", [json_answer({}), HTML, Answer(200, b""), Answer(204, b"")])
def test_one_answer_to_everything_is_no_route(answer: Answer) -> None:
    assert told(lambda _: answer).whose == "the address: no such route"


def test_405_for_everything_is_no_route() -> None:
    assert told(lambda _: Answer(405, b"", {"allow": "GET"})).whose == "the address: no such route"


def test_500_for_everything_points_to_the_gateway() -> None:
    found = told(lambda _: refusal(500))
    assert found.whose == "the gateway"
    assert "fails on every path alike" in found.problem


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_points_to_the_address_and_says_where_to(status: int) -> None:
    location = "https://gateway.example" + ROUTE
    found = told(on_the_route(Answer(status, b"", {"location": location})))
    assert found.whose == "the address"
    assert location in found.problem


def test_a_redirect_of_everything_says_where_to() -> None:
    """A server that answers on https only redirects like this."""
    found = told(lambda got: Answer(308, b"", {"location": "https://gateway.example" + got.path}))
    assert found.whose == "the address"
    assert "https://gateway.example" + ROUTE in found.problem


def test_a_model_that_is_not_known_points_to_the_model() -> None:
    found = told(on_the_route(refusal(400, "model openai/dall-e-2 not found")))
    assert found.whose == "the model"
    assert "--model" in found.what_to_do
    assert "openai/dall-e-2" in found.what_to_do
    assert "9 forms" in found.problem


def test_404_on_the_route_alone_points_to_the_model() -> None:
    assert told(on_the_route(refusal(404, "no deployment"))).whose == "the model"


@pytest.mark.parametrize("status", [502, 504])
def test_a_provider_that_fails_points_to_the_provider(status: int) -> None:
    assert "provider" in told(on_the_route(refusal(status))).whose


def test_a_500_that_names_its_provider_points_to_the_provider() -> None:
    answer = json_answer({"error": {"message": "x"}, "extra_fields": {"provider": "openai"}}, 500)
    assert "provider" in told(on_the_route(answer)).whose


def test_a_refusal_without_a_reason_points_to_the_gateway() -> None:
    assert told(on_the_route(refusal(400, "no"))).whose == "the gateway"


def test_a_rate_limit_that_stays_points_to_the_rate_limit() -> None:
    assert told(on_the_route(refusal(429, "slow down"))).whose == "the rate limit"


def test_no_budget_points_to_the_limit_of_the_run() -> None:
    with Loopback(lambda _: pictures_answer()) as server:
        (found,) = examined(server.url, Limits(max_images=0))
    assert found.whose == "the limit of this run"
    assert server.got == []


def test_one_accepted_form_is_enough() -> None:
    def decide(got: Got) -> Answer:
        if got.path.endswith(SIBLING):
            return json_answer({}, 404)
        return pictures_answer() if b'name="image[]"' in got.body else refusal(400, "no")

    with Loopback(decide) as server:
        assert examined(server.url) == ()


def test_a_success_on_the_route_alone_is_for_the_checks_to_judge() -> None:
    with Loopback(on_the_route(json_answer({}))) as server:
        assert examined(server.url) == ()


def test_a_target_that_lacks_a_size_can_still_be_judged() -> None:
    found = told(on_the_route(refusal(400, "no")), sizes=["256x256"])
    assert found.whose == "the gateway"


def greeting(connection: socket.socket, _number: int) -> None:
    connection.sendall(b"SSH-2.0-OpenSSH_9.7\r\n")
    read_request(connection)


def moved(connection: socket.socket, _number: int) -> None:
    read_request(connection)
    away = {"location": "https://gateway.example/", "connection": "close"}
    connection.sendall(on_the_wire(Answer(307, b"", away)))


@pytest.mark.parametrize(
    ("server", "whose"),
    [
        (None, "the address"),
        (greeting, "the address"),
        (moved, "the address"),
        (refusal(401), "the key"),
        (json_answer({"detail": "Not Found"}, 404), "no such route"),
        (HTML, "no such route"),
    ],
    ids=["no server", "no HTTP", "redirect", "401", "404", "HTML"],
)
def test_the_run_ends_with_3_and_writes_its_reports(
    server: Any, whose: str, tmp_path: Path
) -> None:
    if server is None:
        code, result, output = judged(f"http://{HOST}:{free_port()}", tmp_path)
    elif isinstance(server, Answer):
        with Loopback(lambda _: server) as running:
            code, result, output = judged(running.url, tmp_path)
    else:
        with raw_server(server) as (url, _):
            code, result, output = judged(url, tmp_path)
    assert code == 3
    assert result["verdict"] == "incomplete"
    assert whose in result["diagnosis"][0]["whose"]
    assert whose in output
    assert not [r["id"] for r in result["requirements"] if r["status"] in ("pass", "fail", "warn")]
    assert (tmp_path / "reports" / "junit.xml").is_file()
    assert (tmp_path / "reports" / "report.html").is_file()
    assert json.dumps(result)
