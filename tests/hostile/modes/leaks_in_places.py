"""The credential stands where few look: in other bodies, in pictures, in urls, and much later."""

from __future__ import annotations

import base64
import gzip
import json
import struct
import zlib
from typing import TYPE_CHECKING

from tests.hostile.values import AUTH, CLOSE, MUST, SMOKE, modes_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.hostile.values import Asked, Reply, World

MODES, does = modes_of("leak", fails=("AUTH-15",))
# What is fetched without the credential is no answer to who sent it: only nothing may get out.
ANY = (0, 1, 3)
PNG_HEAD = 33
TEN_MB = 10_000_000


@does("A refusal is a page of HTML with the credential.")
def in_html(asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    page = f"<!doctype html><title>No</title><p data-key='{asked.credential}'>Who are you?</p>"
    return [(good.typed("text/html", page.encode()) if good.refuses else good).wire()]


@does("A refusal is a page of HTML with the credential in entities.")
def in_html_entities(asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    told = "".join(f"&#{ord(c)};" for c in asked.credential)
    page = f"<!doctype html><title>No</title><p>{told}</p>".encode()
    return [(good.typed("text/html", page) if good.refuses else good).wire()]


@does("A refusal is plain text with the credential over several lines.")
def in_lines_of_text(asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    told = "\n".join(asked.credential[i : i + 6] for i in range(0, len(asked.credential), 6))
    return [(good.typed("text/plain", told.encode()) if good.refuses else good).wire()]


@does("A refusal is a stream of events, one of them with the credential.")
def in_an_event(asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    events = f'event: error\ndata: {{"key": "{asked.credential}"}}\n\ndata: [DONE]\n\n'
    return [(good.typed("text/event-stream", events.encode()) if good.refuses else good).wire()]


@does("A refusal holds the credential between bytes that are no UTF-8.")
def among_broken_utf_8(asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    told = b"\xff\xfe\x80" + asked.credential.encode() + b"\xc3\x28\xf0\x28"
    return [(good.told(told) if good.refuses else good).wire()]


@does("A refusal is JSON in UTF-16.")
def in_utf_16(asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    body = json.dumps({"error": {"message": asked.credential}}).encode("utf-16")
    return [(good.typed("application/json", body) if good.refuses else good).wire()]


@does("A refusal is JSON in UTF-32, without a mark.")
def in_utf_32(asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    body = json.dumps({"error": {"message": asked.credential}}).encode("utf-32-be")
    return [(good.typed("application/json", body) if good.refuses else good).wire()]


@does("The credential is the name of a key in a refusal.")
def as_a_json_key(asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    if not good.refuses:
        return [good.wire()]
    return [good.with_json({**good.json, asked.credential: {asked.credential: 1}}).wire()]


@does("`created` of a success is the credential.", codes=(1,))
def as_created(asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    if not good.has_pictures:
        return [good.wire()]
    return [good.with_json({**good.json, "created": asked.credential}).wire()]


@does("The revised prompt of a success holds the credential in one JSON escape.")
def in_a_success(asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    if not good.has_pictures:
        return [good.wire()]
    body = good.json
    body["data"][0]["revised_prompt"] = f"{asked.credential[:-1]}@@"
    told = good.with_json(body)
    last = b"\\u%04x" % ord(asked.credential[-1])
    return [told.typed("application/json", told.body.replace(b"@@", last)).wire()]


@does("A refusal has 10 MB, the credential in their middle.", bound_s=120)
def in_ten_megabytes(asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    if not good.refuses or world.count("large") > 3:
        return [good.wire()]
    half = b"a b" * (TEN_MB // 6)
    return [good.told(half + asked.credential.encode() + half).wire()]


@does("A refusal is packed with gzip.")
def in_gzip(asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    if not good.refuses:
        return [good.wire()]
    packed = gzip.compress(good.told(asked.credential.encode()).body)
    return [good.typed("application/json", packed).plus("Content-Encoding", b"gzip").wire()]


@does("A refusal is packed with gzip, and nothing says so.")
def in_silent_gzip(asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    if not good.refuses:
        return [good.wire()]
    packed = gzip.compress(good.told(asked.credential.encode()).body)
    return [good.typed("application/json", packed).wire()]


@does("A refusal is packed twice, and the end of it is missing.")
def in_broken_gzip(asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    if not good.refuses:
        return [good.wire()]
    packed = gzip.compress(zlib.compress(good.told(asked.credential.encode()).body))[:-9]
    return [good.plus("Content-Encoding", b"deflate, gzip").typed("x/y", packed).wire()]


@does(
    "The answer to HEAD is followed by a body with the credential.",
    fails=("ROBUST-11",),
    selects=(),
)
def behind_head(asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    return [good.wire(), asked.credential.encode()] if good.head_only else [good.wire()]


@does("A refusal is a redirect to an address with the credential.")
def in_a_redirect(asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    if not good.refuses or not asked.credential:
        return [good.wire()]
    to = f"{world.url}/login?key={asked.credential}".encode()
    return [b"HTTP/1.1 302 Found\r\nLocation: " + to + b"\r\nContent-Length: 0\r\n\r\n"]


def _with_url(asked: Asked, good: Reply, url: str) -> Reply:
    body = good.json
    for item in body["data"]:
        if "url" in item:
            item["url"] = url.format(key=asked.credential, old=item["url"])
    return good.with_json(body)


@does("The urls of pictures hold the credential.")
def in_a_url(asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    return [(_with_url(asked, good, "{old}?key={key}") if good.has_pictures else good).wire()]


@does("The urls of pictures hold the credential in percent escapes.")
def in_a_url_in_percent(asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    key = "".join(f"%{ord(c):02X}" for c in asked.credential)
    return [(_with_url(asked, good, "{old}?key=" + key) if good.has_pictures else good).wire()]


@does("A picture is served with the key as its Content-Type.", selects=SMOKE, fails=(), codes=ANY)
def as_a_pictures_type(asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    told = good.typed(f"image/{world.key}", good.body)
    return [(told if asked.is_picture else good).wire()]


@does(
    "A picture cannot be fetched, and the answer names the key.", selects=SMOKE, fails=(), codes=ANY
)
def in_place_of_a_picture(asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    if not asked.is_picture:
        return [good.wire()]
    return [b"HTTP/1.1 404 " + world.key.encode() + b"\r\nContent-Length: 0\r\n\r\n"]


@does("A picture's address redirects to one with the key.", selects=SMOKE, fails=(), codes=ANY)
def in_a_pictures_redirect(asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    if not asked.is_picture or world.key in asked.query:
        return [good.wire()]
    to = f"{asked.path}?key={world.key}".encode()
    return [b"HTTP/1.1 302 Found\r\nLocation: " + to + b"\r\nContent-Length: 0\r\n\r\n"]


@does("The head of a picture is no HTTP and holds the key.", selects=SMOKE, fails=(), codes=ANY)
def in_a_pictures_malformed_head(asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    return (
        [b"HTTP/1.1 2xx " + world.key.encode() + b"\r\n\r\n", CLOSE]
        if asked.is_picture
        else [good.wire()]
    )


def _noted(png: bytes, text: bytes) -> bytes:
    """A PNG with a tEXt chunk behind its head."""
    chunk = b"tEXtComment\0" + text
    packed = struct.pack(">I", len(text) + 8) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return png[:PNG_HEAD] + packed + png[PNG_HEAD:]


@does("The metadata of pictures in base64 hold the credential.", selects=MUST)
def in_a_pictures_metadata(asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    if not good.has_pictures:
        return [good.wire()]
    body = good.json
    for item in body["data"]:
        if "b64_json" in item:
            png = _noted(base64.b64decode(item["b64_json"]), asked.credential.encode())
            item["b64_json"] = base64.b64encode(png).decode()
    return [good.with_json(body).wire()]


@does("The metadata of pictures that are fetched hold the key.", selects=SMOKE, fails=(), codes=ANY)
def in_a_fetched_pictures_metadata(asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    told = good.typed("image/png", _noted(good.body, world.key.encode()))
    return [(told if asked.is_picture else good).wire()]


@does("A refusal repeats a changed credential that an earlier request carried.")
def of_an_earlier_request(asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    earlier = world.kept.get("earlier", "")
    if len(asked.credential) > 20 and asked.credential != world.key:
        world.kept["earlier"] = asked.credential
    return [(good.told(earlier.encode()) if good.refuses and earlier else good).wire()]


@does("A refusal repeats every credential that came so far, escaped.")
def of_all_earlier_requests(asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    known = world.kept.setdefault("known", {})
    known[asked.credential] = None
    told = ", ".join(list(known)[-30:])
    escaped = "".join(f"\\u{ord(c):04x}" for c in told).encode()
    return [(good.told(escaped) if good.refuses else good).wire()]


@does("A refusal repeats the header that was given on the command line.", literal=True, fast=True)
def of_a_header(asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    told = asked.header("x-api-key").encode()
    return [(good.told(told) if good.refuses else good).wire()]


@does("A refusal repeats that header in base64.", literal=True)
def of_a_header_in_base64(asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    told = base64.b64encode(b"X-Api-Key: " + asked.header("x-api-key").encode())
    return [(good.told(told) if good.refuses else good).wire()]


@does("A refusal repeats what a JWT says, decoded.", token=True, selects=AUTH)
def of_a_token_decoded(asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    told = f"virtual_key={world.key}" if asked.credential.count(".") == 2 else ""
    return [(good.told(told.encode()) if good.refuses and told else good).wire()]


@does("A refusal repeats the payload and the signature of a JWT.", token=True)
def of_a_tokens_parts(asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    parts = asked.credential.split(".")
    told = " ".join(reversed(parts)) if len(parts) == 3 else ""
    return [(good.told(told.encode()) if good.refuses and told else good).wire()]
