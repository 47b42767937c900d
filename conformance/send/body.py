"""The bytes of a request's body as they are written, and those of an answer as they are read."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable

    from conformance.http.request import Request

    Hold = Callable[[], Awaitable[None]]

CHUNK_BYTES = 700


class TooLargeError(Exception):
    """An answer went past the limit."""


class CodingError(Exception):
    """An answer is not in the Content-Encoding that it names."""


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


async def read(pieces: AsyncIterable[bytes], coding: str, most: int) -> bytes:
    """Read an answer's content, bounded before and after decompression.

    Args:
        pieces: the content as it arrives.
        coding: its Content-Encoding.
        most: how many bytes it may have.

    Raises:
        TooLargeError: it has more.
        CodingError: it is not in its coding.
    """
    coding = coding.strip().lower()
    inflate = zlib.decompressobj(wbits=47) if coding in ("gzip", "deflate", "x-gzip") else None
    content = bytearray()
    async for piece in pieces:
        try:
            content += inflate.decompress(piece, most) if inflate else piece
        except zlib.error as error:
            raise CodingError(f"the body is no {coding}: {error}") from error
        if len(content) > most or (inflate and inflate.unconsumed_tail):
            raise TooLargeError
    return bytes(content)
