"""What a provider would refuse in a call, and what is surplus in it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from conformance.http.provider_call import Call, Part
from conformance.judging.provider_form import surplus, unreadable
from tests.values import request

FIELDS = (("model", "openai/dall-e-2"), ("n", "2"))
BODY = (
    b'--b\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n'
    b"Content-Type: image/png\r\n\r\nx\r\n--b--\r\n"
)
FORM = (("content-type", "multipart/form-data; boundary=b"),)
ASKED = request(body=BODY, headers=FORM, fields=FIELDS)
PICTURE = Part("image", file_name="a.png", content_type="image/png", sha256="00", pixels="11")
MODEL, N = Part("model", "dall-e-2"), Part("n", "2")


def call(*parts: Part, **more: Any) -> Call:
    given = {"path": "/v1/images/variations", "media_type": "multipart/form-data", **more}
    return Call("1", 0.0, "POST", parts=parts, **given)


def test_a_plain_call_is_read_and_has_nothing_surplus() -> None:
    plain = call(MODEL, PICTURE, N, Part("output_format", "png"), Part("x_trace", "1"))
    assert [*unreadable(plain, ASKED), *surplus(plain, ASKED)] == []


REFUSED = {
    "JSON": call(MODEL, media_type="application/json"),
    "a boundary that does not occur": call(problem="the form is malformed: no boundary"),
    "no file name": call(MODEL, replace(PICTURE, file_name=None)),
    "a picture typed as a text": call(MODEL, replace(PICTURE, content_type="text/plain")),
    "n twice": call(MODEL, PICTURE, N, N),
    "n as a file": call(MODEL, PICTURE, replace(N, file_name="n.txt")),
    "n with a fraction": call(MODEL, PICTURE, Part("n", "2.0")),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_provider_refuses(name: str) -> None:
    assert len([*unreadable(REFUSED[name], ASKED)]) == 1


READ = {
    "octets without a type": call(MODEL, replace(PICTURE, content_type=None)),
    "octets": call(MODEL, replace(PICTURE, content_type="application/octet-stream")),
    "a generation as JSON": call(MODEL, media_type="application/json", path="/images/generations"),
    "image[]": call(MODEL, replace(PICTURE, name="image[]")),
}


@pytest.mark.parametrize("name", READ)
def test_a_provider_reads(name: str) -> None:
    assert [*unreadable(READ[name], ASKED)] == []


def test_what_the_client_sent_so_itself_is_no_fault_of_the_gateway() -> None:
    twice = request(body=BODY, headers=FORM, fields=(*FIELDS, ("n", "2")))
    assert [*unreadable(call(MODEL, PICTURE, N, N), twice)] == []
    broken = request(body=b"no form", headers=FORM, fields=FIELDS)
    assert [*unreadable(call(problem="the form is malformed"), broken)] == []


SURPLUS = {
    "a second picture": PICTURE,
    "fallbacks": Part("fallbacks", "[]"),
    "fallbacks by index": Part("fallbacks[0][model]", "x"),
    "the provider": Part("provider", "openai"),
    "an empty user": Part("user", ""),
}


@pytest.mark.parametrize("name", SURPLUS)
def test_it_is_surplus(name: str) -> None:
    assert len([*surplus(call(MODEL, PICTURE, SURPLUS[name]), ASKED)]) == 1
