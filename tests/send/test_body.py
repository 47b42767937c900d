"""A request's body as it is framed, and an answer's content as it is bounded and inflated."""

from __future__ import annotations

import asyncio
import gzip
from typing import TYPE_CHECKING

import pytest

from conformance.http.bounds import Allowance
from conformance.http.exchange import Reply
from conformance.http.redacting.vault import Vault
from conformance.send.wire import body
from tests.send.values import asked

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from conformance.http.request import Request

SECRET = "sk-bf-a-secret-of-nobody"


async def pieces(content: bytes, size: int = 100) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


def read(content: bytes, most: int) -> bytes:
    return asyncio.run(body.read(pieces(content), most)).content


def cleaned(content: bytes, coding: str, most: int = 10_000) -> Reply:
    raw = Reply(200, (("Content-Encoding", coding),), content)
    return asyncio.run(body.cleaned(raw, Vault([("key", SECRET)]), most, Allowance()))


def written(request: Request, log: list[str]) -> tuple[list[tuple[str, str]], list[bytes]]:
    async def hold() -> None:
        log.append("held")

    async def all_of() -> tuple[list[tuple[str, str]], list[bytes]]:
        headers, content = body.framed(request, None if request.chunked else hold)
        assert content is not None
        assert not isinstance(content, bytes)
        return headers, [piece async for piece in content]

    return asyncio.run(all_of())


def test_an_answer_past_the_limit_is_too_large() -> None:
    assert read(b"x" * 10_000, 10_000) == b"x" * 10_000
    with pytest.raises(OverflowError):
        read(b"x" * 10_001, 10_000)


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "x-gzip", " gzip "])
def test_a_compressed_answer_is_bounded_by_what_it_inflates_to(coding: str) -> None:
    assert cleaned(gzip.compress(b"whole"), coding).body == b"whole"
    with pytest.raises(OverflowError):
        cleaned(gzip.compress(bytes(5_000_000)), coding)


def test_a_credential_is_taken_out_of_a_compressed_answer() -> None:
    told = cleaned(gzip.compress(SECRET.encode()), "gzip")
    assert told.body == "«whole credential:key»".encode()


def test_an_answer_that_is_not_in_its_coding_is_kept_and_told_as_such() -> None:
    told = cleaned(b"no gzip", "gzip")
    assert told.body == b"no gzip"
    assert "gzip" in told.coding_problem


def test_a_held_body_is_cut_within_its_picture() -> None:
    log = list[str]()
    headers, content = written(asked(body=b"head PICTURE tail", picture_at=(5, 12)), log)
    assert content == [b"head PICTUR", b"E tail"]
    assert headers == [("content-length", "17")]
    assert log == ["held"]


def test_a_held_body_without_a_picture_is_cut_before_its_last_byte() -> None:
    assert written(asked(body=b"{}"), [])[1] == [b"{", b"}"]


def test_a_chunked_body_comes_in_pieces_without_a_length() -> None:
    headers, content = written(asked(body=b"x" * 1500, chunked=True), [])
    assert [len(piece) for piece in content] == [700, 700, 100]
    assert headers == []


def test_no_body_is_none() -> None:
    assert body.framed(asked(body=b""), None) == ([], None)
    assert body.framed(asked(body=b"x"), None) == ([], b"x")
