from __future__ import annotations

import http.client
import socket
import struct
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from conformance.reference.behaviour import Behaviour
from conformance.reference.gateway import ROUTE
from conformance.reference.making import crash

from .asking import (
    BEARER,
    BOUNDARY,
    MODEL,
    PICTURE,
    ask,
    body,
    call,
    error,
    image_part,
    part,
    picture,
    plain,
)

if TYPE_CHECKING:
    import httpx

FORM = f"multipart/form-data; boundary={BOUNDARY.decode()}"
MODEL_PART = part("model", MODEL)
DISPOSITION = 'Content-Disposition: form-data; name="image"'
FILE_PART = image_part()
END = b"--" + BOUNDARY + b"--"


@pytest.mark.parametrize(
    "content_type",
    [
        FORM,
        f'Multipart/Form-Data;\tBOUNDARY="{BOUNDARY.decode()}"',
        f"multipart/form-data ; charset=utf-8; boundary={BOUNDARY.decode()};",
    ],
)
def test_a_form_is_accepted_however_its_type_is_written(content_type: str) -> None:
    assert ask(content_type=content_type).status == 200


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/mixed; boundary=" + BOUNDARY.decode(),
        "multipart/form-data",
        "multipart/form-data; boundary=",
        'multipart/form-data; boundary=""',
        "multipart/form-data; boundary=another",
        FORM + "; boundary=another",
        FORM + "x" * 70,
        "nonsense",
        "",
    ],
)
def test_another_media_type_is_refused(content_type: str) -> None:
    assert ask(content_type=content_type).status == 400


def typed(head: str) -> bytes:
    return part("image", PICTURE, head=head)


@pytest.mark.parametrize(
    "content",
    [
        body(MODEL_PART, FILE_PART, end=END),
        body(FILE_PART, MODEL_PART),
        b"preamble\r\n" + body(MODEL_PART, FILE_PART) + b"epilogue\r\n",
        body(MODEL_PART, typed(DISPOSITION + '; filename="p.png"')),
        body(MODEL_PART, typed(DISPOSITION + "\r\nContent-Type: image/png")),
        body(MODEL_PART, typed(DISPOSITION + "\r\nContent-Type: application/octet-stream")),
        body(MODEL_PART, typed(DISPOSITION.replace('"', "") + "; filename=p.png; filename*=utf-8''p")),
        body(MODEL_PART, typed(DISPOSITION + "; filename*=UTF-8''p%C3%AF.png")),
        body(MODEL_PART, typed(DISPOSITION + ";\r\n filename=p.png\r\nContent-Type:\r\n image/png")),
        body(MODEL_PART, image_part(file_name="画像 %22quoted%22.png")),
        body(MODEL_PART, image_part(file_name="n" * 255)),
        body(MODEL_PART, image_part(file_name="../../etc/passwd\x00.png")),
        body(
            part("model", MODEL, head="Content-Type: text/plain; charset=utf-8\r\n"
                 'Content-Disposition: form-data; name="model"'),
            FILE_PART,
        ),
        body(MODEL_PART, FILE_PART, part("x_unknown", b"\xff\xfe\x00")),
    ],
)  # fmt: skip
def test_what_the_grammar_allows_is_accepted(content: bytes) -> None:
    assert ask(content).status == 200


@pytest.mark.parametrize(
    "content",
    [
        b"",
        body(MODEL_PART, FILE_PART, end=b""),
        body(MODEL_PART, FILE_PART)[:300],
        body(MODEL_PART, part("image", "string")),
        body(MODEL_PART, part("image", "https://example.com/picture.png")),
        body(MODEL_PART, part("image", PICTURE, head="Content-Disposition: form-data")),
        body(MODEL_PART, part("image", PICTURE, head="X-None: 1")),
        body(MODEL_PART, image_part(file_name="x" * 1_000_000)),
        body(MODEL_PART, FILE_PART, *[part("x", "y")] * 10_000),
        body(part("model", b"openai/\xff"), FILE_PART),
        body(MODEL_PART, FILE_PART, part("n", b"\xff")),
        body(MODEL_PART, typed(DISPOSITION + "; filename*=none''%ff")),
    ],
)
def test_a_malformed_form_is_refused(content: bytes) -> None:
    assert ask(content).status == 400


def bomb(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        framed = kind + content
        return struct.pack(">I", len(content)) + framed + struct.pack(">I", zlib.crc32(framed))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(50_000, 50_000), (10_000, 10_000), (5001, 5000), (0, 0)])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(
    size: tuple[int, int],
) -> None:
    assert ask(body(MODEL_PART, image_part(bomb(*size)))).status == 400


def test_a_large_picture_is_accepted() -> None:
    large = picture() + bytes(6_000_000)
    assert ask(body(MODEL_PART, image_part(large))).status == 200


def test_a_chunked_body_is_accepted(client: httpx.Client) -> None:
    content = iter([plain()[:100], plain()[100:]])
    reply = client.post(ROUTE, content=content, headers={"Content-Type": FORM})
    assert reply.status_code == 200


def test_a_body_of_more_than_20_megabytes_is_too_large(client: httpx.Client) -> None:
    reply = client.post(ROUTE, content=bytes(21 * 1024 * 1024), headers={"Content-Type": FORM})
    error(reply)
    assert reply.status_code == 413


def test_a_connection_serves_one_request_after_another(base_url: str) -> None:
    address = urlsplit(base_url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port or 0, timeout=5)
    headers = {"Content-Type": FORM, **BEARER}
    for content, status in ((plain(), 200), (b"", 400), (plain(n="0"), 400), (plain(), 200)):
        connection.request("POST", ROUTE, content, headers)
        reply = connection.getresponse()
        reply.read()
        assert reply.status == status
    connection.close()


def test_who_waits_for_100_continue_gets_it(base_url: str) -> None:
    address = urlsplit(base_url)
    content = plain()
    lines = [f"POST {ROUTE} HTTP/1.1", f"Host: {address.netloc}", f"Content-Type: {FORM}"]
    lines += [f"Authorization: {BEARER['Authorization']}", f"Content-Length: {len(content)}"]
    lines += ["Expect: 100-continue", "", ""]
    with socket.create_connection((str(address.hostname), address.port or 0), timeout=5) as wire:
        wire.sendall("\r\n".join(lines).encode())
        assert wire.recv(1000).startswith(b"HTTP/1.1 100")
        wire.sendall(content)
        assert wire.recv(1000).startswith(b"HTTP/1.1 200")


def test_an_unexpected_failure_shows_nothing_of_the_program() -> None:

    answer = ask(behaviour=replace(Behaviour(), on_form=crash))
    assert answer.status == 500
    assert b"unexpected input" not in answer.body
    assert call().header("authorization") not in (None, answer.body.decode())
