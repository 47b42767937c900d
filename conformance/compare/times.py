"""Compares how long gateways took for the same requests.

A run is no benchmark: its requests overlap, and one slow moment of a network is in it too. So only the
median over many pairs is named, and only where it differs a lot; and single requests only where they
took far longer, or far less, than the others of the same gateway suggest.
"""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from conformance.compare.model import SlowRow, Timing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.compare.asked import Asked
    from conformance.result.exchange_summary import ExchangeSummary

# Fewer pairs than this say nothing about a gateway.
LEAST_PAIRS = 10
# The whole of a gateway is named if it is half as fast again, and a person could notice that.
NOTABLE_RATIO = 1.5
NOTABLE_S = 0.05
# A single request is named if it is this far from what the others suggest.
ODD_RATIO = 4.0
ODD_S = 1.0

Pair = tuple["Asked", float, float]


def timing(asked: Sequence[Asked], baseline: int, at: int) -> Timing:
    """Return how long a gateway took beside the baseline."""
    pairs = _pairs(asked, baseline, at)
    if not pairs:
        return Timing()
    took, before = median(now for _, _, now in pairs), median(was for _, was, _ in pairs)
    ratio = median(now / was for _, was, now in pairs)
    notable = (
        len(pairs) >= LEAST_PAIRS
        and max(ratio, 1 / ratio) >= NOTABLE_RATIO
        and abs(took - before) >= NOTABLE_S
    )
    return Timing(len(pairs), round(took, 4), round(ratio, 3), notable)


def slow(asked: Sequence[Asked], baseline: int, at: int) -> list[SlowRow]:
    """Return the requests whose time changed in a way that the others of the gateway do not explain."""
    pairs = _pairs(asked, baseline, at)
    if len(pairs) < LEAST_PAIRS:
        return []
    usual = median(now / was for _, was, now in pairs)
    found = [
        SlowRow(request.label, request.requirements, at, was, now)
        for request, was, now in pairs
        if abs(now - was * usual) >= ODD_S
        and max(now / (was * usual), was * usual / now) >= ODD_RATIO
    ]
    return sorted(found, key=lambda row: row.baseline_s - row.took_s)


def _pairs(asked: Sequence[Asked], baseline: int, at: int) -> list[Pair]:
    return [
        (request, was.elapsed_s, now.elapsed_s)
        for request in asked
        if (was := request.exchanges[baseline]) and (now := request.exchanges[at])
        if _is_plain(was) and _is_plain(now) and was.status == now.status
    ]


def _is_plain(exchange: ExchangeSummary) -> bool:
    """Return whether an exchange was answered at the first try, in a time that was measured."""
    return exchange.status is not None and exchange.attempts == 1 and exchange.elapsed_s > 0
