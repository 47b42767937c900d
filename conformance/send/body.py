"""The bytes of a request's body as they are written, and those of an answer as they are read."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.http import codings

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable

    from conformance.http.exchange import Reply
    from conformance.http.request import Request
    from conformance.http.vault import Vault

    Hold = Callable[[], Awaitable[None]]

CHUNK_BYTES = 700
# What takes longer to read than a thread takes to begin.
LARGE_BYTES = 100_000


def framed(
    request: Request, hold: Hold | None
) -> tuple[list[tuple[str, str]], AsyncIterable[bytes] | bytes | None]:
    """Return the headers that frame a body, where httpx cannot know them, and the body for it."""
    if request.chunked:
        return [], _chunks(request.body)
    if hold is not None:
        # Cut within the picture if there is one: not all gateways take a delimiter in two pieces.
        at = request.picture_at[1] - 1 if request.picture else len(request.body) - 1
        return [("content-length", str(len(request.body)))], _held(request.body, at, hold)
    return [], request.body or None


async def _chunks(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), CHUNK_BYTES):
        yield body[start : start + CHUNK_BYTES]


async def _held(body: bytes, at: int, hold: Hold) -> AsyncIterator[bytes]:
    yield body[:at]
    await hold()
    yield body[at:]


async def read(pieces: AsyncIterable[bytes], most: int) -> bytes:
    """Read an answer's content as it comes over the wire.

    Raises:
        OverflowError: it has more than `most` bytes.
    """
    content = bytearray()
    async for piece in pieces:
        content += piece
        if len(content) > most:
            raise OverflowError
    return bytes(content)


async def cleaned(raw: Reply, vault: Vault, most: int) -> Reply:
    """Return a reply with its codings taken off, and then without secrets.

    Args:
        raw: the reply as it came over the wire.
        vault: takes secrets out; a body must be decoded before one can be seen in it.
        most: how many bytes the body may have, inflated too.

    Raises:
        OverflowError: the body has more.
    """
    if len(raw.body) > LARGE_BYTES:
        return await asyncio.to_thread(_prepared, raw, vault, most)
    return _prepared(raw, vault, most)


def _prepared(raw: Reply, vault: Vault, most: int) -> Reply:
    coding = ", ".join(v for k, v in raw.headers if k.lower() == "content-encoding")
    found = codings.decoded(raw.body, coding, most)
    read = replace(raw, body=found.content, coding=found.undone, coding_problem=found.problem)
    return vault.clean(read)
