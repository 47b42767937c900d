"""Fetches the urls of an answer: without credentials, bounded, and only from where it is allowed.

`permits` says which addresses may be asked, `pinned` asks one of them, and `fetching` follows redirects
from there. What one answer may cost in urls, seconds and bytes is bounded here, whatever it names.
A 429 is waited out like that of a request (`limiter`).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from conformance.http.exchange import Fetched
from conformance.http.images import condensing
from conformance.http.redacting.redaction import leaks_in
from conformance.http.urls import data_urls
from conformance.http.urls.locations import Location, UnaskedError, located
from conformance.send.urls.fetching import Fetching, LimitedError
from conformance.send.urls.learnt import Learnt
from conformance.send.urls.pinned import NoAnswerError, Way
from conformance.send.urls.quota import Quota, SpentError
from conformance.send.wire.body import LARGE_BYTES

if TYPE_CHECKING:
    from conformance.http.exchange import Exchange
    from conformance.http.redacting.vault import Vault
    from conformance.send.rates.limiter import Limiter
    from conformance.target.target import Target

MAX_BYTES = 20_000_000
MAX_ANSWER_BYTES = 40_000_000
# Ten pictures may be asked for; an answer with more items is judged by their number.
MAX_URLS = 12
MOST_AT_ONCE = MAX_URLS
# The urls of an answer may take so many times as long as one of them, all together.
ROUNDS = 2
# How often one url may be asked for again while others are served.
MOST_LIMITED = 5
# What is kept of texts that a server writes.
MOST_TYPE, MOST_PROBLEM, MOST_UNREAD_URL = 200, 400, 2_000


async def fetch_urls(
    exchange: Exchange,
    target: Target,
    timeout_s: float,
    most_bytes: int = MAX_BYTES,
    *,
    limiter: Limiter,
    learnt: Learnt | None = None,
) -> tuple[Fetched, ...]:
    """Fetch the urls of an answer and return what each served, in the order of the items.

    Equal urls are fetched once. Of more urls than an answer may have, the last of what is returned
    says how many there are.

    Args:
        exchange: the answer.
        target: the gateway that gave it.
        timeout_s: how long one url may take; all together may take twice as long.
        most_bytes: how many bytes one url may serve.
        limiter: whose turns are waited for.
        learnt: what the run knows so far.
    """
    items = [item.get("url") for item in exchange.items if isinstance(item, dict)]
    urls = list(dict.fromkeys(url for url in items if isinstance(url, str) and url))
    if not urls:
        return ()
    known = Learnt() if learnt is None else learnt
    gateway = _gateway(target)
    quota = Quota(ROUNDS * timeout_s, MAX_ANSWER_BYTES, asyncio.get_running_loop().time)
    fetching = Fetching(
        gateway=gateway,
        own=Way(target.tls.gateway(), target.proxy),
        elsewhere=Way(target.tls.elsewhere(), target.proxy),
        permits=await known.permits(target, gateway.host),
        learnt=known,
        quota=quota,
        most_bytes=most_bytes,
    )
    turns = _Turns(fetching, timeout_s, target.vault, limiter, asyncio.Semaphore(MOST_AT_ONCE))
    found = await asyncio.gather(*(turns.fetch(url) for url in urls[:MAX_URLS]))
    if len(urls) > MAX_URLS:
        text = f"is not asked: the answer has {len(urls)} urls, of which the first {MAX_URLS} are"
        found.append(await _leaving(_skipped(urls[MAX_URLS], text), target.vault))
    return tuple(found)


@dataclass(frozen=True)
class _Turns:
    """Fetches the urls of one answer, a few at once, and each in its turn."""

    fetching: Fetching
    timeout_s: float
    vault: Vault
    limiter: Limiter
    places: asyncio.Semaphore

    async def fetch(self, url: str) -> Fetched:
        """Return what one url serves; it is fetched again while its server asks for that."""
        async with self.places:
            return await _leaving(await self._in_turn(url), self.vault)

    async def _in_turn(self, url: str) -> Fetched:
        if any(leaks_in(url)):
            return _skipped(url, "is not asked: it holds a credential")
        if data_urls.is_data(url):
            return await self._bounded(url, None)
        at = _read(url)
        own = at is not None and at.origin == self.fetching.gateway.origin
        rate = self.limiter.lanes.of("picture")
        limited, passes = 0, -1
        while True:
            async with self.limiter.download(own=own) as place:
                if place.closed:
                    return _skipped(url, f"not fetched: {place.closed}")
                try:
                    served = await self._bounded(url, at)
                except LimitedError as error:
                    limited += rate.passes > passes
                    passes = rate.passes
                    if limited > MOST_LIMITED:
                        return replace(error.served, skipped=True)
                    self.limiter.limited(place, error.says)
                    continue
                # What got no answer says nothing about a rate.
                if served.status is not None:
                    self.limiter.passed(place)
                return served

    async def _bounded(self, url: str, at: Location | None) -> Fetched:
        """Fetch a url once, within what is left of the time."""
        quota, strikes = self.fetching.quota, self.fetching.learnt.strikes
        seconds = min(self.timeout_s, quota.left_s)
        if seconds <= 0:
            text = f"the urls of this answer took {ROUNDS * self.timeout_s:g} s together"
            return _skipped(url, f"is not asked: {text}")
        if at is not None and (why_not := strikes.why_not(at.origin, self.timeout_s)):
            return _skipped(url, why_not)
        try:
            with quota.running():
                async with asyncio.timeout(seconds):
                    served = await self._caught(url)
        except TimeoutError:
            # It may have had less time than others, because of them.
            had_all = seconds >= self.timeout_s
            if at is not None:
                strikes.waited(at.origin, seconds, counts=had_all)
            served = _problem(url, f"not served within {seconds:g} s")
            return replace(served, skipped=not had_all)
        if at is not None and served.status is not None:
            strikes.served(at.origin)
        return served

    async def _caught(self, url: str) -> Fetched:
        """Return what a url serves; everything that goes wrong with it is what it serves."""
        fetching = self.fetching
        try:
            return await fetching.fetch(url)
        except (LimitedError, TimeoutError):
            raise
        except UnaskedError as error:
            return _skipped(url, str(error))
        except OverflowError:
            return _problem(url, f"serves more than {fetching.most_bytes} bytes")
        except SpentError:
            return _skipped(
                url, f"the urls of this answer serve more than {MAX_ANSWER_BYTES} bytes"
            )
        except (NoAnswerError, ValueError) as error:
            return _problem(url, str(error))
        except Exception as error:  # noqa: BLE001 - what the suite cannot cope with blames no gateway
            return _skipped(url, f"the suite could not fetch it: {type(error).__name__}: {error}")


async def _leaving(served: Fetched, vault: Vault) -> Fetched:
    """Return what was served as it leaves this module: cleaned of secrets, long texts cut.

    Everything that leaves passes here, whatever was fetched.
    """
    if len(served.url) + len(served.body) > LARGE_BYTES:
        return await asyncio.to_thread(_cleaned, served, vault)
    return _cleaned(served, vault)


def _cleaned(served: Fetched, vault: Vault) -> Fetched:
    clean = condensing.without_body(vault.clean(served))
    return replace(
        clean,
        # A url with a body is looked for in the answer, as it is.
        url=clean.url if served.body else _cut(clean.url, MOST_UNREAD_URL),
        content_type=_cut(clean.content_type, MOST_TYPE),
        problem=_cut(clean.problem, MOST_PROBLEM),
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def _gateway(target: Target) -> Location:
    try:
        return located(target.base_url)
    except (ValueError, UnaskedError):
        return Location("", target.host, 0, "")


def _read(url: str) -> Location | None:
    try:
        return located(url)
    except (ValueError, UnaskedError):
        return None


def _problem(url: str, text: str) -> Fetched:
    return Fetched(url, None, "", b"", text)


def _skipped(url: str, text: str) -> Fetched:
    return Fetched(url, None, "", b"", text, skipped=True)
