"""Content codings: what comes is undone, and what is wrong with it is named."""

from __future__ import annotations

import gzip
import time
import zlib

import pytest

from conformance.http.codings import decoded, looks_coded, named, refuses

MOST = 1_000_000
BODY = b'{"data": [{"url": "https://gateway.example/files/1.png"}]}' * 50
GZIP = gzip.compress(BODY, mtime=0)
ZLIB = zlib.compress(BODY)
RAW = zlib.compressobj(wbits=-15)
BARE = RAW.compress(BODY) + RAW.flush()


@pytest.mark.parametrize(
    ("content", "header", "undone"),
    [
        (BODY, None, ""),
        (BODY, "identity", ""),
        (GZIP, "gzip", "gzip"),
        (GZIP, " X-GZIP ", "gzip"),
        (ZLIB, "deflate", "deflate"),
        (BARE, "deflate", "deflate"),
        (gzip.compress(ZLIB, mtime=0), "deflate, gzip", "deflate, gzip"),
        (gzip.compress(GZIP, mtime=0), "gzip, gzip", "gzip, gzip"),
        (gzip.compress(BODY[:100], mtime=0) + gzip.compress(BODY[100:], mtime=0), "gzip", "gzip"),
    ],
)
def test_what_is_named_is_undone(content: bytes, header: str | None, undone: str) -> None:
    found = decoded(content, header, MOST)
    assert (found.content, found.undone, found.problem) == (BODY, undone, "")


@pytest.mark.parametrize(
    ("content", "header", "kept", "problem"),
    [
        (BODY, "gzip", BODY, "but the body is not: broken: incorrect header check"),
        (BODY, "deflate", BODY, "but the body is not"),
        (BODY, "br", BODY, "which this client cannot read"),
        (BODY, "gzip, gzip, gzip, gzip, gzip", BODY, "names 5 codings"),
        (GZIP[:-8] + b"\0" * 4 + GZIP[-4:], "gzip", BODY, "broken: incorrect data check"),
        (GZIP[:-4] + b"\0" * 4, "gzip", BODY, "broken: incorrect length check"),
        (GZIP[:-4], "gzip", BODY, "cut off"),
        (ZLIB[:-1], "deflate", BODY, "cut off"),
        (GZIP + b"more", "gzip", BODY, "followed by more bytes"),
        (ZLIB + b"more", "deflate", BODY, "followed by more bytes"),
        (GZIP, None, BODY, "compressed with gzip, and no Content-Encoding says so"),
        (ZLIB, "", BODY, "compressed with deflate, and no Content-Encoding says so"),
        (gzip.compress(GZIP, mtime=0), "gzip", BODY, "once more than Content-Encoding says"),
    ],
)
def test_what_is_wrong_is_named_and_what_can_be_read_is_kept(
    content: bytes, header: str | None, kept: bytes, problem: str
) -> None:
    found = decoded(content, header, MOST)
    assert found.content == kept
    assert problem in found.problem


def test_a_broken_middle_keeps_what_came_before_it() -> None:
    noise = bytes(range(256)) * 400
    content = bytearray(gzip.compress(noise + BODY, 0))
    content[70_000:70_100] = bytes(100)
    found = decoded(bytes(content), "gzip", MOST)
    assert found.problem
    assert noise.startswith(found.content[:60_000])


def test_an_empty_body_is_in_every_coding() -> None:
    assert decoded(b"", "gzip", MOST).problem == ""


@pytest.mark.parametrize("content", [b"x^2 is no zlib", b"\x1f\x8b\x08 no gzip", b"", b"\x78\x9c"])
def test_what_only_begins_like_a_coding_is_left_alone(content: bytes) -> None:
    assert decoded(content, None, MOST).content == content
    assert decoded(content, None, MOST).problem == ""


@pytest.mark.parametrize("content", [GZIP, ZLIB])
def test_what_begins_like_a_coding_is_known(content: bytes) -> None:
    assert looks_coded(content)
    assert not looks_coded(BODY)


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_a_bomb_is_given_up_at_the_limit(layers: int) -> None:
    content = bytes(50_000_000)
    for _ in range(layers):
        content = gzip.compress(content, 1)
    started = time.monotonic()
    with pytest.raises(OverflowError):
        decoded(content, ", ".join(["gzip"] * layers), MOST)
    assert time.monotonic() - started < 20


def test_very_many_members_are_given_up() -> None:
    started = time.monotonic()
    found = decoded(gzip.compress(b"") * 100_000, "gzip", MOST)
    assert "followed by more bytes" in found.problem
    assert time.monotonic() - started < 20


@pytest.mark.parametrize(
    ("header", "coding", "refused"),
    [
        (None, "gzip", False),
        ("", "gzip", True),
        ("gzip, deflate", "gzip", False),
        ("gzip, deflate", "br", True),
        ("identity", "gzip", True),
        ("GZIP;q=0.5", "gzip", False),
        ("x-gzip", "gzip", False),
        ("gzip;q=0, *", "gzip", True),
        ("gzip ; q=0.000", "gzip", True),
        ("*", "br", False),
        ("*;q=0", "br", True),
    ],
)
def test_what_a_request_does_not_accept(header: str | None, coding: str, *, refused: bool) -> None:
    assert refuses(header, coding) is refused


def test_codings_are_named_in_their_order() -> None:
    assert named("identity, X-Gzip ,deflate,") == ["gzip", "deflate"]
