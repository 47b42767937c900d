"""Tells whose entry of a gateway's cache an answer came from.

What an earlier run put into the cache is the answer of another moment, perhaps of another build: it
is evidence for the cache alone. The sender asks such a request again with a picture that nobody sent
yet. A hit for a picture that nobody sent yet is the gateway's mistake.
"""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.http.exchange import Exchange, FilledBy
    from conformance.http.request import Request


def not_renewed(_request: Request) -> None:
    """Renew no picture."""


@dataclass(frozen=True)
class Hits:
    """What one run sent so far, by its pictures; used on the network's thread only.

    `renewed` returns a request with a picture that nobody sent yet, or None if it cannot.
    """

    renewed: Callable[[Request], Request | None] = not_renewed
    _sent: set[bytes] = field(default_factory=set)

    def sending(self, request: Request) -> bool:
        """Note that a request goes out; return whether its picture went out before."""
        if not request.picture:
            return True
        digest = hashlib.sha256(request.picture).digest()
        known = digest in self._sent
        self._sent.add(digest)
        return known

    @staticmethod
    def told(exchange: Exchange, *, known: bool) -> Exchange:
        """Return an exchange that tells whose entry it came from; `known`: its picture was sent before."""
        if known or not exchange.ok or not exchange.from_cache:
            return exchange
        who: FilledBy = "nobody" if exchange.request.new_picture else "an earlier run"
        return dataclasses.replace(exchange, filled_by=who)

    @staticmethod
    def tells_nothing(exchange: Exchange) -> bool:
        """Return whether a good request was answered from a cache that an earlier run filled.

        That a request which need not be accepted is answered with pictures tells the same either way.
        """
        return exchange.filled_by == "an earlier run" and exchange.request.expected == "accepted"

    def again(self, exchange: Exchange) -> Request | None:
        """Return what to send in the place of a request that an earlier run's cache answered."""
        if exchange.filled_by != "an earlier run":
            return None
        return self.renewed(exchange.request)
