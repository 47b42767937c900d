"""Holds a run to its `--max-images`: each request reserves its price before it is sent.

What is in flight counts as spent until its answer says what it was. So the cap is passed only
where one answer alone carries more pictures than a correct gateway makes for it; then nothing
more is sent. An answer that never came, or a server error, counts as the pictures that were asked
for: they may have been made, and billed.

A request that must be refused costs nothing on a gateway that refuses it. While there is room it
reserves all the same what a gateway would make that honours it: one picture, or so many as its n
says. If that does not fit it is sent alone, one at a time, and only if the gateway has refused
before and no answer has carried a picture too many; for a large n it must have refused one, too.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from conformance.http import payload, status
from conformance.http.claims import claimed, cuts, wrapped
from conformance.http.hurdles import hurdle_in

if TYPE_CHECKING:
    from conformance.http.exchange import Exchange
    from conformance.http.request import Request

MADE_PERHAPS = frozenset({"dropped", "timeout", "too-large", "not-http"})


class Budget:
    """The pictures of a run: how many may still be spent. It outlives a sender."""

    def __init__(self, most: int | None) -> None:
        self.most = most
        self.charged = 0
        self.uncertain = 0
        self._reserved = 0
        # What is reserved for requests that go out although their price does not fit, by their id.
        self._free: dict[str, int] = {}
        self._refuses = False
        self._refuses_more = False
        self._refuses_cut: set[int] = set()
        self._generous = False

    @property
    def left(self) -> int | None:
        """How many pictures may still be spent; None where there is no cap."""
        return None if self.most is None else max(self.most - self.charged, 0)

    def reserve(self, request: Request) -> bool | None:
        """Reserve a request's price: True if it may be sent, False if never, None if not yet."""
        if self.most is None:
            return True
        price = price_of(request)
        if not self._fits(price):
            if self._reserved:
                return None
            if not self._is_free(request):
                return False
            price = self._free[request.id] = wrapped(request)
        self._reserved += price
        return True

    def reserve_more(self, request: Request) -> bool:
        """Charge the price of a request once more, for bytes that are sent again at once."""
        price = self._free.get(request.id, price_of(request))
        if self.most is not None and not self._fits(price):
            return False
        self._charge_uncertain(request, price)
        return True

    def give_back(self, request: Request) -> None:
        """Release what was reserved for a request; `charge` counts what it really cost."""
        if self.most is not None:
            self._reserved -= self._free.pop(request.id, price_of(request))

    def charge(self, exchange: Exchange) -> None:
        """Count what an exchange cost, or may have cost."""
        made, request = payload.pictures_in(exchange), exchange.request
        self.charged += made
        self._generous |= made > request.pictures
        if request.expected == "refused":
            refuses = status.is_refusal(exchange)
            self._refuses |= refuses
            self._refuses_more |= refuses and claimed(request) > 1
            self._refuses_cut |= cuts(request).keys() if refuses else set()
        if not made and _made_perhaps(exchange):
            self._charge_uncertain(request, price_of(request))

    def _charge_uncertain(self, request: Request, price: int) -> None:
        if request.expected != "refused" and request.pictures:
            self.charged += price
            self.uncertain += price

    def _fits(self, price: int) -> bool:
        return self.charged + self._reserved + price <= (self.most or 0)

    def _is_free(self, request: Request) -> bool:
        if request.expected != "refused" or not self._refuses or self._generous:
            return False
        # A gateway that refuses a large n may still cut a larger one to 32 bits, and honour the rest.
        cut, few = cuts(request).keys() <= self._refuses_cut, wrapped(request)
        return claimed(request) == 1 or (
            self._refuses_more and (cut or few == 1 or self._fits(few))
        )


class Turnstile:
    """Lets the requests of one sender into a budget, in the order in which they came."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self._turn = asyncio.Lock()
        self._given_back = asyncio.Event()

    async def reserve(self, request: Request) -> bool:
        """Reserve a request's price, or return False if the budget is spent.

        An expensive request that waits for those in flight is not overtaken by cheap ones.
        """
        if self.budget.most is None:
            return True
        async with self._turn:
            while (reserved := self.budget.reserve(request)) is None:
                self._given_back.clear()
                await self._given_back.wait()
        return reserved

    def give_back(self, request: Request) -> None:
        """Release what was reserved for a request, and let the next one look again."""
        self.budget.give_back(request)
        self._given_back.set()


def price_of(request: Request) -> int:
    """Return how many pictures a request reserves, as many as a gateway makes that accepts it."""
    return claimed(request) if request.expected == "refused" else max(request.pictures, 1)


def _made_perhaps(exchange: Exchange) -> bool:
    if hurdle_in(exchange.failure_text):
        return False  # the request never left
    lost = exchange.failure in MADE_PERHAPS
    return lost or exchange.ok or status.is_server_error(exchange)
