"""The credential stands in a part of an answer's head or of its framing."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.hostile.values import CLOSE, LINE_END, MUST, modes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.hostile.values import Act, Asked, Reply, World

    Write = Callable[[Reply, bytes], Iterable[bytes]]

MODES, does = modes_of("leak", fails=("AUTH-15",))


def to_refusals(write: Write) -> Act:
    """Write refusals of requests with a credential so, and all else as it is."""

    def act(asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
        if good.refuses and asked.credential and not good.head_only:
            return write(good, asked.credential.encode("latin-1"))
        return [good.wire()]

    return act


def put(sentence: str, **more: Any) -> Callable[[Write], None]:
    def take(write: Write) -> None:
        does(sentence, name=write.__name__.replace("_", "-"), **more)(to_refusals(write))

    return take


@put("A header's value repeats the credential.")
def in_a_headers_value(good: Reply, key: bytes) -> Iterable[bytes]:
    return [good.plus("X-Debug", b"auth=Bearer " + key).wire()]


@put("A header's name is the credential.")
def in_a_headers_name(good: Reply, key: bytes) -> Iterable[bytes]:
    return [good.plus("X-" + key.decode("latin-1"), b"1").wire()]


@put("A header's value repeats the credential in base64.")
def in_a_header_in_base64(good: Reply, key: bytes) -> Iterable[bytes]:
    return [good.plus("X-Debug", base64.b64encode(b"Bearer " + key)).wire()]


@put("A header's value repeats the credential in percent escapes.")
def in_a_header_in_percent(good: Reply, key: bytes) -> Iterable[bytes]:
    return [good.plus("X-Debug", b"".join(b"%%%02x" % c for c in key)).wire()]


@put("A cookie is the credential.")
def in_a_cookie(good: Reply, key: bytes) -> Iterable[bytes]:
    return [good.plus("Set-Cookie", b"session=" + key + b"; Path=/; HttpOnly").wire()]


@put("Server repeats the credential.")
def in_server(good: Reply, key: bytes) -> Iterable[bytes]:
    return [good.plus("Server", b"gateway/1.0 (" + key + b")").wire()]


@put("The challenge repeats the credential as its realm.")
def in_www_authenticate(good: Reply, key: bytes) -> Iterable[bytes]:
    challenge = b'Bearer realm="' + key + b'", error="invalid_token"'
    return [good.plus("WWW-Authenticate", challenge).wire()]


@put("Content-Encoding is the credential, so that nothing can take it off.")
def in_content_encoding(good: Reply, key: bytes) -> Iterable[bytes]:
    return [good.plus("Content-Encoding", key).wire()]


@put("Content-Type has the credential as its parameter.")
def in_content_type(good: Reply, key: bytes) -> Iterable[bytes]:
    return [good.typed('application/json; key="' + key.decode("latin-1") + '"', good.body).wire()]


@put("Retry-After is the credential.")
def in_retry_after(good: Reply, key: bytes) -> Iterable[bytes]:
    return [good.plus("Retry-After", key).wire()]


@put("Allow and Date repeat the credential.")
def in_allow_and_date(good: Reply, key: bytes) -> Iterable[bytes]:
    return [good.plus("Allow", b"POST, " + key).plus("Date", key).wire()]


@put("The status line says the credential as its reason.")
def in_the_reason_phrase(good: Reply, key: bytes) -> Iterable[bytes]:
    return [replace(good, reason=b"No entry for " + key).wire()]


@put("The status line is the credential, which is no HTTP.")
def in_a_broken_status_line(good: Reply, key: bytes) -> Iterable[bytes]:
    return [good.wire(line=b"refused " + key), CLOSE]


@put("The status is the credential, where a number belongs.")
def in_the_status(good: Reply, key: bytes) -> Iterable[bytes]:
    return [good.wire(line=b"HTTP/1.1 " + key + b" Bad"), CLOSE]


@put("A header line without a colon is the credential.", fast=True)
def in_a_malformed_head(good: Reply, key: bytes) -> Iterable[bytes]:
    return [good.head(b"Bearer " + key, b"Content-Length: 0"), CLOSE]


@put("Content-Length is the credential.")
def in_content_length(good: Reply, key: bytes) -> Iterable[bytes]:
    return [good.head(b"Content-Length: " + key), good.body, CLOSE]


@put("Transfer-Encoding is the credential.")
def in_transfer_encoding(good: Reply, key: bytes) -> Iterable[bytes]:
    return [good.head(b"Transfer-Encoding: " + key), good.body, CLOSE]


@put("The size of a chunk is the credential.")
def in_a_malformed_chunk(good: Reply, key: bytes) -> Iterable[bytes]:
    return [good.head(b"Transfer-Encoding: chunked"), key + LINE_END + good.body, CLOSE]


@put("A chunk has the credential as its extension, and the next one is no chunk.")
def in_a_chunk_extension(good: Reply, key: bytes) -> Iterable[bytes]:
    size = b"%x;key=%s\r\n" % (len(good.body), key)
    return [good.head(b"Transfer-Encoding: chunked"), size, good.body, b"\r\nzz " + key, CLOSE]


@put("A trailer repeats the credential.", fails=(), codes=(0, 1))
def in_a_trailer(good: Reply, key: bytes) -> Iterable[bytes]:
    yield good.head(b"Transfer-Encoding: chunked", b"Trailer: X-Debug")
    yield b"%x\r\n" % len(good.body) + good.body + LINE_END
    yield b"0\r\nX-Debug: " + key + LINE_END * 2


@put("A trailer without a colon is the credential.")
def in_a_malformed_trailer(good: Reply, key: bytes) -> Iterable[bytes]:
    yield good.head(b"Transfer-Encoding: chunked")
    yield b"%x\r\n" % len(good.body) + good.body + LINE_END
    yield b"0\r\n" + key + LINE_END * 2
    yield CLOSE


@put("An early hint before the refusal repeats the credential.", fails=(), codes=(0, 1))
def in_an_interim_answer(good: Reply, key: bytes) -> Iterable[bytes]:
    yield b"HTTP/1.1 103 Early Hints\r\nLink: </" + key + b">; rel=preload\r\n\r\n"
    yield good.wire()


@put("The answer is HTTP/0.9: the credential alone.")
def as_http_0_9(_good: Reply, key: bytes) -> Iterable[bytes]:
    return [b"<p>" + key + b"</p>\n", CLOSE]


@put("The chunks of the body have one byte each, and the credential is in it.")
def across_chunks(good: Reply, key: bytes) -> Iterable[bytes]:
    yield good.head(b"Transfer-Encoding: chunked")
    yield b"".join(b"1\r\n%c\r\n" % c for c in good.told(key).body) + b"0\r\n\r\n"


@put(
    "Behind the refusal comes a second one with the credential.", fails=("ROBUST-11",), selects=MUST
)
def behind_an_answer(good: Reply, key: bytes) -> Iterable[bytes]:
    return [good.wire() + good.told(key).wire()]


@put(
    "Behind the refusal comes a second one with the credential, escaped.",
    fails=("ROBUST-11",),
    selects=MUST,
)
def escaped_behind_an_answer(good: Reply, key: bytes) -> Iterable[bytes]:
    return [good.wire() + good.told(b"".join(b"\\u%04x" % c for c in key)).wire()]


@put("The refusal breaks off within the body, behind the credential.")
def in_a_body_that_breaks_off(good: Reply, key: bytes) -> Iterable[bytes]:
    wire = good.told(key).wire()
    return [wire[:-20], CLOSE]
