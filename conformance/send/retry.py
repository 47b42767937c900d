"""Sends a request until it is answered: after a pause again, while the gateway asks for that."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from conformance.http import payload, status
from conformance.http.deliveries import MALFORMED
from conformance.send.recheck import attempt_of

if TYPE_CHECKING:
    from conformance.http.exchange import Attempt, Exchange
    from conformance.http.request import Purpose, Request
    from conformance.send.attempts import Attempts
    from conformance.send.body import Hold
    from conformance.send.clock import Clock
    from conformance.send.limiter import Limiter, WaitBudget
    from conformance.send.transport import Transport

PAUSES_S = (0.2, 0.5, 1.0, 2.0)
LONGEST_PAUSE_S = 30.0
MOST_RETRIES_OF_OTHERS = 6
PAUSE_BUDGET_S = 90.0


@dataclass(frozen=True)
class Retries:
    """Sends requests within the limits of a run, each until it is answered."""

    attempts: Attempts
    limiter: Limiter
    wait_budget: WaitBudget
    clock: Clock

    async def send(
        self,
        request: Request,
        through: Transport,
        purpose: Purpose,
        hold: Hold | None = None,
        *,
        late: bool = False,
    ) -> Exchange:
        """Send a request, and again after a pause while the gateway asks for a later retry.

        A request holds no place while it pauses. One that is sent again, or is `late` because it
        waited for another one, comes before those that were not sent yet.
        """
        earlier: list[Attempt] = []
        waited, renewed_once = 0.0, False
        while True:
            async with self.limiter.place(again=late or bool(earlier)) as entered:
                first_hold = None if earlier else hold
                exchange = await self.attempts.send(
                    request, through, first_hold, purpose, len(earlier)
                )
                wait = pause_before_next(exchange, len(earlier))
                too_long = wait is None or waited + wait > PAUSE_BUDGET_S
                goes_on = not too_long and self.wait_budget.allows(wait or 0.0)
                if wait is not None and is_rate_limit(exchange):
                    self.limiter.too_many(wait if goes_on else 0.0, entered)
            renewed = self.attempts.hits.again(exchange)
            if renewed is not None:
                earlier.append(dataclasses.replace(attempt_of(exchange), excused=True))
                request, renewed_once = renewed, True
                continue
            if wait is None or not goes_on:
                break
            self.attempts.usage.waited_s = self.wait_budget.waited_s
            earlier.append(attempt_of(exchange))
            waited += wait
            await self.clock.sleep(wait)
        # A hit for the fresh picture, too, says that the cache does not look at the picture.
        if (renewed_once and not exchange.from_cache) or self.attempts.hits.tells_nothing(exchange):
            self.attempts.usage.foreign_hits += 1
        if exchange.ok or status.is_refusal(exchange):
            made = payload.pictures_in(exchange)
            self.limiter.answered(exchange.elapsed_s / made if made else None)
        return dataclasses.replace(exchange, earlier=(*earlier, *exchange.earlier))


def is_rate_limit(exchange: Exchange) -> bool:
    """Return whether an answer asks the client to be slower with every request.

    Without a Retry-After it may concern this request alone, if that one is not to be accepted.
    """
    if _ordered(exchange):
        return False
    limits = exchange.status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
    named = exchange.header("retry-after") is not None
    return limits and (named or exchange.request.expected == "accepted")


def pause_before_next(exchange: Exchange, tries: int) -> float | None:
    """Return how many seconds to wait before a request is sent again, or None for not at all.

    With a Retry-After the request is sent again as often as the wait budget allows, and each pause
    is at least as long as without one. Without one there are a few tries.
    """
    if _ordered(exchange):
        return None
    if exchange.status == HTTPStatus.REQUEST_TIMEOUT and exchange.request.delivery in MALFORMED:
        return None  # the server waited for what a malformed message announced: the right answer
    named = _retry_after(exchange)
    if named is not None:
        named = max(named, PAUSES_S[min(tries, len(PAUSES_S) - 1)])
    if exchange.status == HTTPStatus.SERVICE_UNAVAILABLE and named is not None:
        # It may be the failure of the provider that the request asked for: then there is no end.
        may_end = exchange.request.expected == "accepted" or tries < MOST_RETRIES_OF_OTHERS
        return named if may_end else None
    if exchange.status not in status.SEND_AGAIN:
        return None
    if named is not None:
        return named
    return PAUSES_S[tries] if tries < len(PAUSES_S) else None


def _ordered(exchange: Exchange) -> bool:
    """Return whether an answer may be the failure that the request ordered from the provider.

    A 429 that was not ordered is the rate limit of the gateway, as for every other request.
    """
    fault = exchange.request.provider_fault
    limited = exchange.status == HTTPStatus.TOO_MANY_REQUESTS
    return bool(fault) and not (limited and fault != "429")


def _retry_after(exchange: Exchange) -> float | None:
    """Return the seconds that a Retry-After names, as a number or as a date (RFC 9110 §10.2.3).

    A value that is neither is ignored, as if the header were missing.
    """
    named = exchange.header("retry-after")
    if named is None:
        return None
    if re.fullmatch(r"[0-9]{1,9}", named):
        seconds = float(named)
    else:
        try:
            seconds = parsedate_to_datetime(named).timestamp() - exchange.finished_at
        except (ValueError, OverflowError):
            return None
    return min(max(seconds, PAUSES_S[0]), LONGEST_PAUSE_S)
