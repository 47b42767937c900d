"""Good requests that others rest on: one that fails by accident is asked again.

A refusal counts only next to an accepted control. If one lost connection made a control fail, every
check that rests on it could not judge. So it is asked again, first with the same bytes and then with
a picture of its own. What the same bytes change is a verdict that changed, and is found as such.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conformance.http.status import is_server_error
from conformance.send.recheck import attempt_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from conformance.http.exchange import Exchange
    from conformance.http.request import Request

# Copies of a request are numbered; these are none that a check sends.
SAME, OTHER = 9_001, 9_002
# After so many that did not help, the gateway just fails.
MOST_IN_VAIN = 4


def failed_by_accident(exchange: Exchange) -> bool:
    """Return whether a good request failed in a way that may be an accident.

    A time-out is left out: to wait for more of them would take minutes.
    """
    request = exchange.request
    if request.expected != "accepted" or request.provider_fault or request.connection:
        return False
    return exchange.failure == "dropped" or (
        exchange.reply is not None and is_server_error(exchange)
    )


@dataclass
class Resting:
    """What the requests come to that others rest on.

    `requests` are those of the plan, `again` sends one and waits for its exchange, and `redrawn`
    returns a request with another picture, or None.
    """

    requests: Mapping[str, Request]
    again: Callable[[Request], Exchange]
    redrawn: Callable[[Request], Request | None]
    _own: dict[str, Exchange] = field(default_factory=dict)
    _controls: dict[str, Exchange] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)
    _in_vain: int = 0

    def own(self, exchange: Exchange) -> Exchange:
        """Return an exchange, or what it comes to if it failed and the same bytes work now."""
        self._find_out(exchange)
        return self.known(exchange)

    def control(self, exchange: Exchange) -> Exchange:
        """Return the exchange of a control, or that of the same form with another picture."""
        self._find_out(exchange)
        return self._controls.get(exchange.id, exchange)

    def among(self, exchanges: Iterable[Exchange]) -> list[Exchange]:
        """Return exchanges as they were judged; what became the answer of another one stands once."""
        return [self.known(e) for e in exchanges if e.id not in self._taken]

    def known(self, exchange: Exchange) -> Exchange:
        """Return an exchange as it was judged; nothing is sent."""
        return self._own.get(exchange.id, exchange)

    def _find_out(self, exchange: Exchange) -> None:
        if exchange.id in self._controls or not failed_by_accident(exchange):
            return
        if self._in_vain >= MOST_IN_VAIN or not self._rests(exchange.id):
            return
        same = self.again(_copy(exchange.request, SAME))
        if same.ok:
            earlier = (*exchange.earlier, attempt_of(exchange), *same.earlier)
            found = dataclasses.replace(same, request=exchange.request, earlier=earlier)
            self._taken.add(same.id)
            self._own[exchange.id] = self._controls[exchange.id] = found
            return
        other = self.redrawn(exchange.request)
        found = self.again(_copy(other, OTHER)) if other is not None else exchange
        self._in_vain += not found.ok
        self._controls[exchange.id] = found if found.ok else exchange

    def _rests(self, id_: str) -> bool:
        return any(request.control == id_ for request in list(self.requests.values()))


def _copy(request: Request, number: int) -> Request:
    return dataclasses.replace(request, copy=number, after=None, burst="", purpose="probe")
