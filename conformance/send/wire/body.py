"""The bytes of a request's body as they are written, and those of an answer as they are read."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.http import bounds, codings
from conformance.http.images.condensing import condensed
from conformance.http.redacting.redaction import leaks_in
from conformance.send.wire.gathering import Gathering

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable

    from conformance.http.bounds import Allowance, Share
    from conformance.http.exchange import Reply
    from conformance.http.redacting.vault import Vault
    from conformance.http.request import Request
    from conformance.send.wire.gathering import Gathered

    Hold = Callable[[], Awaitable[None]]

CHUNK_BYTES = 700
# So many secrets are named of an answer that is not kept whole.
MOST_LEAKS = 10
# Tens of megabytes take a second or two, and many times that on a machine with much else to do.
MOST_PREPARED_S = 120.0
_PREPARING = threading.Lock()
# What takes longer to read than a thread takes to begin; a coded body may be a thousand times as large.
LARGE_BYTES, LARGE_CODED_BYTES = 50_000, 4_000


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


async def read(pieces: AsyncIterable[bytes], most: int, share: Share | None = None) -> Gathered:
    """Read an answer's content as it comes over the wire, or its digest if it is too large to be kept.

    Raises:
        OverflowError: it has more than `most` bytes.
    """
    body = Gathering(most, share)
    async for piece in pieces:
        body.add(piece)
    return body.gathered()


async def cleaned(raw: Reply, vault: Vault, most: int, kept: Allowance) -> Reply:
    """Return a reply as `prepared` makes it; what takes long is done in a thread of its own.

    That is the suite's own time, which nobody is blamed for: after `MOST_PREPARED_S` an answer is cut.

    Raises:
        OverflowError: the body has more than `most` bytes.
    """
    coded = codings.looks_coded(raw.body) or raw.header("content-encoding") is not None
    if len(raw.body) > (LARGE_CODED_BYTES if coded else LARGE_BYTES):
        try:
            async with asyncio.timeout(MOST_PREPARED_S):
                return await asyncio.to_thread(_alone, raw, vault, most, kept)
        except TimeoutError:
            unread = replace(raw, headers=vault.clean(bounds.fewer(raw.headers)))
            unread = bounds.cut(
                unread, f"it was not read within {MOST_PREPARED_S:g} s", headers=True
            )
            return replace(unread, body=b"")
    return prepared(raw, vault, most, kept)


def _alone(raw: Reply, vault: Vault, most: int, kept: Allowance) -> Reply:
    """Prepare one large answer at a time: what one inflates to takes memory that no share counts."""
    with _PREPARING:
        return prepared(raw, vault, most, kept)


def prepared(raw: Reply, vault: Vault, most: int, kept: Allowance) -> Reply:
    """Return a reply with its codings taken off, without secrets, and of a size to be kept.

    Its large pictures are looked at, and its JSON is read, so that nobody does so on the network's thread.

    Args:
        raw: the reply as it came over the wire.
        vault: takes secrets out; a body must be decoded before one can be seen in it.
        most: how many bytes the body may have, inflated too.
        kept: what the run may still keep.

    Raises:
        OverflowError: the body has more.
    """
    coding = ", ".join(v for k, v in raw.headers if k.lower() == "content-encoding")
    headers = bounds.fewer(raw.headers)
    try:
        found = codings.decoded(raw.body, coding, min(most, kept.whole))
    except OverflowError:
        if most <= kept.whole:
            raise
        found = codings.Decoded(b"")
        raw = raw if raw.cut else bounds.cut(raw, f"it inflates to more than {kept.whole:,} bytes")
    whole = vault.clean(
        replace(
            raw,
            headers=headers,
            body=found.content,
            coding=found.undone,
            coding_problem=found.problem,
        )
    )
    too_many = 0 if headers is raw.headers else len(raw.headers)
    reply = _with_leaks(_of_size(whole, kept, too_many), whole)
    if len(raw.body) > LARGE_BYTES:
        reply.json  # noqa: B018 - reading it is what keeps it
    return reply


def _of_size(reply: Reply, kept: Allowance, too_many: int) -> Reply:
    """Return a clean reply as far as it is kept; `too_many` is its headers, if not all were kept."""
    if reply.cut is not None:
        return replace(reply, body=reply.body[: bounds.HEAD_BYTES])
    if too_many:
        return bounds.cut(reply, f"it has {too_many:,} headers", headers=True)
    if reply.ok:
        body, pictures = condensed(reply.body)
        reply = replace(reply, body=body, pictures=pictures)
    return bounds.fitted(reply, kept)


def _with_leaks(reply: Reply, whole: Reply) -> Reply:
    """Return a reply that says, if it was cut, which secrets the whole of it held."""
    if reply.cut is None:
        return reply
    leaks = tuple(dict.fromkeys(leak.mark for leak in leaks_in(whole.body)))[:MOST_LEAKS]
    # Where only its beginning came so far as to be searched, nothing is known without a leak in that.
    known = leaks if leaks or whole.cut is None else None
    return replace(reply, cut=replace(reply.cut, leaks=known))
