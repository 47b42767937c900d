"""Fetches the urls of an answer, within the turns of a limiter whose waits take no time."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address
from typing import TYPE_CHECKING

from conformance.cases.spec import PLAIN
from conformance.http.exchange import Exchange, Fetched, Reply
from conformance.http.images import pictures
from conformance.plan.plan import Plan
from conformance.send.rates.adaptive_limit import AdaptiveLimit
from conformance.send.rates.lanes import Lanes
from conformance.send.rates.limiter import Limiter
from conformance.send.urls.downloads import fetch_urls
from conformance.send.urls.lookup import Lookup
from tests.clock import Skipping
from tests.serving import json_answer, target_at

if TYPE_CHECKING:
    from conformance.http.urls.addresses import Address
    from conformance.send.urls.learnt import Learnt
    from conformance.target.target import Target

PNG = pictures.make("x")
HERE = target_at("http://127.0.0.1:1")


def exchange_with(*urls: object) -> Exchange:
    body = json_answer({"data": [{"url": url} for url in urls]}).body
    request = Plan(HERE, 1).bind(PLAIN)
    return Exchange(request, Reply(200, (), body))  # type: ignore[arg-type] # of a request only the id is read


class Names(Lookup):
    """A table of names beside those of this machine; `asked` is every name that was looked up."""

    def __init__(self, **known: str) -> None:
        super().__init__()
        self.known = {name.replace("_", "."): text.split() for name, text in known.items()}
        self.asked: list[str] = []

    async def addresses(self, host: str) -> list[Address]:
        self.asked.append(host)
        found = self.known.get(host.rstrip("."))
        return [ip_address(a) for a in found] if found else await super().addresses(host)


def fetched(
    *urls: object,
    target: Target = HERE,
    timeout_s: float = 5,
    most_bytes: int = 100_000,
    learnt: Learnt | None = None,
) -> tuple[Fetched, ...]:
    async def fetch() -> tuple[Fetched, ...]:
        limiter = Limiter(AdaptiveLimit(4), Skipping().clock, Lanes())
        exchange = exchange_with(*urls)
        return await fetch_urls(
            exchange, target, timeout_s, most_bytes, limiter=limiter, learnt=learnt
        )

    return asyncio.run(fetch())
