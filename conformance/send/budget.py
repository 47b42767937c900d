"""Holds a run to its `--max-images`: each request reserves its price before it is sent.

What is in flight counts as spent until its answer says what it was. So the cap is passed only
where one answer alone carries more pictures than a correct gateway makes for it; then nothing
more is sent. An answer that never came, or a server error, counts as the pictures that were asked
for: they may have been made, and billed.

What should be refused costs nothing on a gateway that refuses. While there is room it reserves one
picture all the same; with the cap reached it goes out alone, one at a time, and only as long as
the gateway has refused before and no answer has carried a picture too many.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from conformance.http import payload, status

if TYPE_CHECKING:
    from conformance.http.exchange import Exchange, Request

MADE_PERHAPS = frozenset({"dropped", "timeout", "too-large", "not-http"})


class Budget:
    """The pictures of a run: how many may still be spent; made for one event loop."""

    def __init__(self, most: int | None, before: Budget | None = None) -> None:
        self.most = most
        self.charged: int = before.charged if before else 0
        self.uncertain: int = before.uncertain if before else 0
        self._reserved = 0
        self._refuses = False
        self._generous = False
        self._turn = asyncio.Lock()
        self._given_back = asyncio.Event()

    @property
    def left(self) -> int | None:
        """How many pictures may still be spent; None where there is no cap."""
        return None if self.most is None else max(self.most - self.charged, 0)

    async def reserve(self, request: Request) -> bool:
        """Take a request's price out of the budget, or say that it cannot be had.

        Whoever asks first is served first: a dear request that waits for what is in flight is not
        overtaken by cheap ones.
        """
        if self.most is None:
            return True
        price = price_of(request)
        async with self._turn:
            while self.charged + self._reserved + price > self.most:
                if not self._reserved:
                    if not self._is_free(request):
                        return False
                    break
                self._given_back.clear()
                await self._given_back.wait()
            self._reserved += price
        return True

    def reserve_more(self, request: Request) -> bool:
        """Take the price of a request once more, at once, for bytes that are sent again."""
        price = price_of(request)
        if self.most is not None and self.charged + self._reserved + price > self.most:
            return False
        self._charge_uncertain(request, price)
        return True

    def give_back(self, request: Request) -> None:
        """Take back what was reserved for a request; `charge` says what it came to."""
        if self.most is not None:
            self._reserved -= price_of(request)
            self._given_back.set()

    def charge(self, exchange: Exchange) -> None:
        """Count what an exchange cost, or may have cost."""
        made, request = payload.pictures_in(exchange), exchange.request
        self.charged += made
        self._generous |= made > request.pictures
        if request.expected == "refused":
            self._refuses |= status.is_refusal(exchange)
        if not made and _made_perhaps(exchange):
            self._charge_uncertain(request, price_of(request))

    def _charge_uncertain(self, request: Request, price: int) -> None:
        if request.expected != "refused" and request.pictures:
            self.charged += price
            self.uncertain += price

    def _is_free(self, request: Request) -> bool:
        return request.expected == "refused" and self._refuses and not self._generous


def price_of(request: Request) -> int:
    """Return what is reserved for a request: a refusal may turn into a picture, too."""
    return max(request.pictures, 1)


def _made_perhaps(exchange: Exchange) -> bool:
    lost = exchange.failure in MADE_PERHAPS
    return lost or exchange.ok or status.is_server_error(exchange)
