"""Fetches one url of an answer: through few redirects, each checked like the url itself."""

from __future__ import annotations

import asyncio
import socket
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from conformance.http import codings
from conformance.http.exchange import Fetched, Reply
from conformance.http.status import is_busy
from conformance.http.urls import data_urls
from conformance.http.urls.addresses import is_metadata_name, kind_of
from conformance.http.urls.locations import UnaskedError, located
from conformance.send.rates.told import Told, told
from conformance.send.urls import pinned
from conformance.send.wire.body import LARGE_BYTES

if TYPE_CHECKING:
    from collections.abc import AsyncIterable

    from conformance.http.urls.addresses import Address
    from conformance.http.urls.locations import Location
    from conformance.send.urls.learnt import Learnt
    from conformance.send.urls.permits import Permits
    from conformance.send.urls.pinned import Answer, Way
    from conformance.send.urls.quota import Quota

MAX_REDIRECTS = 3
# RFC 9110 §15.4; 300 names no single place, and 304 none at all.
REDIRECTS = frozenset({301, 302, 303, 307, 308})


class LimitedError(Exception):
    """A server asked to fetch a picture later; `says` is what it told of its limit."""

    def __init__(self, served: Fetched, says: Told) -> None:
        super().__init__()
        self.served = served
        self.says = says


@dataclass(frozen=True)
class Fetching:
    """How the urls of one answer are fetched; `own` is the way to the gateway's own origin alone."""

    gateway: Location
    own: Way
    elsewhere: Way
    permits: Permits
    learnt: Learnt
    quota: Quota
    most_bytes: int

    async def fetch(self, url: str) -> Fetched:
        """Return what a url serves, or why it was not asked for that (`skipped`).

        Raises:
            LimitedError: its server asks to come later.
            OverflowError: it serves more than `most_bytes`.
            SpentError: the urls of this answer serve more than is read of one answer.
            UnaskedError: it is none that a client need ask for.
            ValueError: it leads nowhere; the text goes behind the url.
            NoAnswerError: nobody answers, or with something that is no HTTP.
        """
        if data_urls.is_data(url):
            return await self._held(url)
        at, after_public = located(url), False
        for _ in range(MAX_REDIRECTS + 1):
            addresses = await self._checked(at, after_public=after_public)
            after_public = after_public or any(kind_of(a) == "public" for a in addresses)
            way = self.own if at.origin == self.gateway.origin else self.elsewhere
            async with pinned.asked(at, addresses, way) as answer:
                onward = _onward(answer)
                if onward is None:
                    return await self._served(url, answer)
            further = located(urljoin(at.url, onward))
            if (at.scheme, further.scheme) == ("https", "http"):
                raise UnaskedError("is not asked further: it is redirected from https to http")
            at = further
        raise ValueError(f"redirects more than {MAX_REDIRECTS} times")

    async def _checked(self, at: Location, *, after_public: bool) -> list[Address]:
        """Return the addresses of a host that may be asked.

        Raises:
            UnaskedError: there is none.
            ValueError: no lookup finds the host.
        """
        if is_metadata_name(at.host):
            raise UnaskedError("names the metadata service of a cloud, which is never asked")
        proxied = self.elsewhere.proxy is not None
        if proxied and at.is_odd_number:
            raise UnaskedError(
                "is not asked: its host is a number, and a proxy may read another one"
            )
        try:
            found = await self.learnt.lookup.addresses(at.host)
        except (OSError, UnicodeError) as error:
            if not proxied:
                raise _unknown(error) from None
            if at.host == self.gateway.host and not after_public:
                return []
            # What the proxy would reach there cannot be checked.
            text = "names a host that this machine cannot look up, so the proxy is not asked for it"
            raise UnaskedError(text) from None
        allowed, why_not = self.permits.sift(at, found, after_public=after_public)
        # A proxy looks the name up itself, so that each of its addresses has to be allowed.
        if not allowed or (proxied and len(allowed) < len(found)):
            raise UnaskedError(why_not)
        return allowed

    async def _served(self, url: str, answer: Answer) -> Fetched:
        content = await self._read(answer.pieces)
        found = Fetched(url, answer.status, answer.header("content-type"), content)
        reply = Reply(answer.status, answer.headers, b"")
        if is_busy(reply):
            self.quota.give_back(len(content))
            text = f"answered {answer.status}, which asks to fetch it later"
            raise LimitedError(replace(found, body=b"", problem=text), told(reply, time.time()))
        return await self._decoded(found, answer.header("content-encoding"))

    async def _read(self, pieces: AsyncIterable[bytes]) -> bytes:
        content = bytearray()
        try:
            async for piece in pieces:
                self.quota.take(len(piece))
                content += piece
                if len(content) > self.most_bytes:
                    raise OverflowError  # noqa: TRY301 - what was read is given back in any case
        except BaseException:
            self.quota.give_back(len(content))
            raise
        return bytes(content)

    async def _decoded(self, found: Fetched, coding: str) -> Fetched:
        """Take off a coding that was not asked for."""
        if not coding and not codings.looks_coded(found.body):
            return found
        arguments = found.body, coding, self.most_bytes
        try:
            if len(found.body) > LARGE_BYTES:
                decoded = await asyncio.to_thread(codings.decoded, *arguments)
            else:
                decoded = codings.decoded(*arguments)
        finally:
            self.quota.give_back(len(found.body))
        # Whoever asks for identity and gets another coding may be unable to read it.
        unread = not set(codings.named(coding)) <= set(codings.BEGINNINGS.values())
        body = b"" if decoded.problem else decoded.content
        self.quota.take(len(body))
        return replace(found, body=body, problem=decoded.problem, skipped=unread)

    async def _held(self, url: str) -> Fetched:
        """Return what a `data:` url holds."""
        if len(url) > LARGE_BYTES:
            kind, content = await asyncio.to_thread(data_urls.content, url, self.most_bytes)
        else:
            kind, content = data_urls.content(url, self.most_bytes)
        self.quota.take(len(content))
        return Fetched(url, 200, kind, content)


def _onward(answer: Answer) -> str | None:
    """Return where an answer redirects to, or None if it does not."""
    if answer.status not in REDIRECTS:
        return None
    return next((v for k, v in answer.headers if k.lower() == "location"), None)


def _unknown(error: Exception) -> Exception:
    """Return what it says about a url that its host is found nowhere."""
    if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
        return UnaskedError(
            f"is not asked: this machine can look no names up now ({error.strerror})"
        )
    text = getattr(error, "strerror", None) or str(error)
    return ValueError(f"has a host that cannot be looked up: {text}")
