"""The stand-in provider as a gateway meets it, over real HTTP."""

from __future__ import annotations

import base64
import http.client
import io
import socket
import time
import zlib
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from PIL import Image

from conformance.provider import proof
from conformance.provider.faults import FAULTS, Rules, failing_names, fault_of
from conformance.provider.server import listening, running
from conformance.target.build import address
from conformance.target.target import LOOPBACK
from tests.serving import free_port

from .asking import DIGEST, PICTURE, asked, last

if TYPE_CHECKING:
    from conformance.provider.journal import Journal


@pytest.mark.parametrize("prefix", ["/v1", "", "/openai/v1"])
def test_it_answers_under_each_prefix_that_base_urls_have(url: str, prefix: str) -> None:
    assert asked(url, f"{prefix}/images/variations").status_code == 200
    assert httpx.get(f"{url}{prefix}/models").status_code == 200


def test_a_picture_proves_what_it_was_made_from(url: str, journal: Journal) -> None:
    served = httpx.get(asked(url, n="3").json()["data"][2]["url"])
    assert served.headers["content-type"] == "image/png"
    assert proof.read(served.content) == proof.Proof(last(journal).id, DIGEST[:24], 2)


@pytest.mark.parametrize("size", ["256x256", "1792x1024", "1024x1536"])
def test_a_proof_survives_another_format_and_another_size(url: str, size: str) -> None:
    item = asked(url, size=size, response_format="b64_json").json()["data"][0]
    picture = Image.open(io.BytesIO(base64.b64decode(item["b64_json"])))
    assert f"{picture.width}x{picture.height}" == size
    out = io.BytesIO()
    picture.convert("RGB").resize((200, 200)).save(out, "JPEG", quality=40)
    found = proof.read(out.getvalue())
    assert found is not None
    assert found.is_of(DIGEST)


def test_ten_pictures_as_base64_are_as_large_as_a_providers(url: str) -> None:
    answer = asked(url, n="10", response_format="b64_json")
    assert len(answer.content) > 3_000_000
    found = [proof.read(base64.b64decode(one["b64_json"])) for one in answer.json()["data"]]
    assert [one.index for one in found if one is not None and one.is_of(DIGEST)] == [*range(10)]
    assert len(zlib.compress(answer.content, 1)) > 2_500_000


def test_another_picture_proves_nothing() -> None:
    assert proof.read(PICTURE) is None
    assert proof.read(b"no picture") is None


@pytest.mark.parametrize(
    "fields", [{"n": "11"}, {"n": "x"}, {"size": "1x1"}, {"response_format": "png"}]
)
def test_it_refuses_what_the_documentation_forbids(url: str, fields: dict[str, str]) -> None:
    answer = asked(url, **fields)
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == next(iter(fields))


@pytest.mark.parametrize("model", ["no-such-model-7f3a", "no-such-provider-7f3a/dall-e-2"])
def test_it_knows_no_model_that_the_suite_calls_unknown(url: str, model: str) -> None:
    answer = asked(url, model=model)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "model_not_found")


def test_its_urls_have_its_own_address(url: str) -> None:
    with httpx.Client(headers={"host": "gateway.example:8080"}) as client:
        answer = client.post(
            f"{url}/v1/images/variations",
            data={"model": "dall-e-2"},
            files={"image": ("a.png", PICTURE)},
        )
    assert answer.json()["data"][0]["url"].startswith(f"{url}/pictures/")


def test_no_answer_leaves_a_connection_to_a_callers_pool(url: str) -> None:
    for answer in (asked(url), asked(url, n="0"), httpx.get(f"{url}/v1/models")):
        assert answer.headers["connection"] == "close"


def test_a_pool_that_keeps_connections_loses_no_call_of_the_next_run(journal: Journal) -> None:
    port, pool = free_port(), Pool()
    for _ in range(2):
        with running(listening("127.0.0.1", port), journal):
            assert [pool.status(port) for _ in range(3)] == [400] * 3


class Pool:
    """A client that keeps each connection that it may keep, and does not ask again if one is dead."""

    def __init__(self) -> None:
        self._kept: list[http.client.HTTPConnection] = []

    def status(self, port: int) -> int:
        one = self._kept.pop() if self._kept else http.client.HTTPConnection("127.0.0.1", port)
        if one.sock is None:
            one.connect()
        one.auto_open = 0  # the next request does not open it again
        one.request("POST", "/v1/images/variations", b"")
        answer = one.getresponse()
        answer.read()
        if not answer.will_close:
            self._kept.append(one)
        return answer.status


LENIENT = {
    "eleven": ({"n": "11"}, 11),
    "none": ({"n": "0"}, 1),
    "no number": ({"n": "x"}, 1),
    "far too many": ({"n": "4294967297"}, 1),
    "an unknown size": ({"size": "1x1"}, 1),
    "an unknown format": ({"response_format": "png"}, 1),
}


@pytest.mark.parametrize("name", LENIENT)
def test_a_lenient_provider_serves_what_a_strict_one_refuses(name: str, journal: Journal) -> None:
    fields, made = LENIENT[name]
    with running(listening("127.0.0.1", 0), journal, rules=Rules(lenient=True)) as url:
        answer = asked(url, **fields)
        unknown = asked(url, model="no-such-model-7f3a")
        without = httpx.post(f"{url}/images/variations", files={"other": ("a.png", b"text")})
    assert (answer.status_code, len(answer.json()["data"])) == (200, made)
    assert (unknown.status_code, without.status_code) == (404, 200)


def test_a_model_that_always_fails_is_known_under_each_name() -> None:
    names = failing_names("azure/eu/broken", ["openai/dall-e-2"])
    assert names == {"azure/eu/broken", "eu/broken", "broken"}
    assert failing_names("azure/dall-e-2", ["openai/dall-e-2"]) == {"azure/dall-e-2"}
    assert failing_names(None, ["openai/dall-e-2"]) == frozenset()


def test_it_refuses_a_request_without_a_picture(url: str) -> None:
    assert httpx.post(f"{url}/images/variations", data={"model": "m"}).status_code == 400
    bad = {"image": ("a.png", b"no picture", "image/png")}
    assert httpx.post(f"{url}/images/variations", files=bad).status_code == 400


def test_a_body_that_was_announced_and_never_came_is_an_empty_one(
    url: str, journal: Journal
) -> None:
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as one:
        one.sendall(b"POST /v1/images/variations HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
    wait_until(lambda: bool(journal.calls()))
    assert last(journal).body_bytes == 0


SENT_ODDLY = {
    "a picture without a file name": ("image", (None, PICTURE, "application/x-any"), True),
    "a picture that is typed as a text": ("image", (None, PICTURE, "text/plain"), True),
    "a text that is sent as a file": ("n", ("n.txt", b"2", "text/plain"), False),
    "a text in the picture's field": ("image", (None, b"string", "text/plain"), False),
}


@pytest.mark.parametrize("name", SENT_ODDLY)
def test_what_is_sent_oddly_is_taken_for_what_it_is(name: str, url: str, journal: Journal) -> None:
    field, part, is_file = SENT_ODDLY[name]
    httpx.post(f"{url}/v1/images/variations", data={"model": "m"}, files=[(field, part)])
    seen = next(p for p in last(journal).parts if p.name == field)
    assert seen.is_file is is_file


def test_a_variation_is_never_asked_for_as_json(url: str) -> None:
    answer = httpx.post(f"{url}/v1/images/variations", json={"model": "m", "image": "aGk="})
    assert (answer.status_code, "JSON" in answer.json()["error"]["message"]) == (400, True)


def test_it_makes_pictures_from_words_too(url: str) -> None:
    body = {"model": "dall-e-3", "prompt": "a cat", "n": 2}
    answer = httpx.post(f"{url}/v1/images/generations", json=body)
    assert len(answer.json()["data"]) == 2


STATUSES = {"fault-429": 429, "fault-500": 500, "fault-503": 503}


@pytest.mark.parametrize("model", [m for m in FAULTS if FAULTS[m].reply is not None])
def test_a_model_fails_as_its_name_says(url: str, model: str, journal: Journal) -> None:
    if model == "fault-drop":
        with pytest.raises(httpx.RemoteProtocolError):
            asked(url, model=f"openai/{model}")
    elif model != "fault-endless":
        answer = asked(url, model=f"openai/{model}")
        reply = FAULTS[model].reply
        assert reply is not None
        ordered = model.removeprefix("fault-")
        assert answer.status_code == (int(ordered) if ordered.isdigit() else reply.status)
        assert answer.content == reply.body
        assert ("content-type" in answer.headers) == bool(reply.content_type)
        assert ("retry-after" in answer.headers) == (model == "fault-429")
        assert fault_of(last(journal).model) == last(journal).fault == model


def test_an_endless_answer_ends_when_the_caller_hangs_up(url: str, journal: Journal) -> None:
    with (
        httpx.Client() as client,
        client.stream(
            "POST",
            f"{url}/v1/images/variations",
            data={"model": "fault-endless"},
            files={"image": ("a.png", PICTURE)},
        ) as answer,
    ):
        pieces = answer.iter_raw()
        assert [next(pieces).strip(), next(pieces).strip()] == [b"", b""]
    wait_until(lambda: last(journal).end != "")
    assert last(journal).end == "hung up on by the caller"


def wait_until(true: Any) -> None:
    for _ in range(200):
        if true():
            return
        time.sleep(0.01)


def test_a_wrong_content_type_and_a_slow_answer_are_good_otherwise(url: str) -> None:
    answer = asked(url, model="fault-wrong-type")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.json()["data"]
    assert FAULTS["fault-slow"].delay_s > 0


def test_a_chunked_body_and_expect_are_understood(url: str, journal: Journal) -> None:
    request = httpx.Request("POST", url, data={"model": "m"}, files={"image": ("a.png", PICTURE)})
    body = request.read()
    headers = {"content-type": request.headers["content-type"], "expect": "100-continue"}
    answer = httpx.post(f"{url}/images/variations", content=iter([body]), headers=headers)
    assert answer.status_code == 200
    assert last(journal).files[0].sha256 == DIGEST


def test_what_is_no_http_does_no_harm(url: str) -> None:
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as raw:
        raw.sendall(b"nonsense\r\n\r\n")
    assert asked(url).status_code == 200


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("9500", ("127.0.0.1", 9500)),
        (":9500", ("127.0.0.1", 9500)),
        ("0.0.0.0:1", ("0.0.0.0", 1)),
        ("[::1]:0", ("::1", 0)),
    ],
)
def test_without_a_host_it_is_loopback(text: str, at: tuple[str, int]) -> None:
    assert address(text, "--observe", LOOPBACK) == at
