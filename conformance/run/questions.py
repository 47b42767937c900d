"""The questions that a run asks beside its requests, as the rows of evidence name them."""

from __future__ import annotations

AT_ONCE = "requests in flight at once"
OVERHEARD = "requests at the canary"
FALLS = "ends of the gateway's process"
HAS_ARRIVED = "has been answered"
SETTLED = "all that was asked"
ARRIVED = "all that was answered"
SURPLUS = "bytes behind answers"
OBSERVED_AT = "address of the provider"
CHANGES = "changes of calls"
CALLS = "calls to the provider"
SILENT = "nobody answers"
RENEWALS = "requests that an earlier run's cache answered"


def calls_of(exchange_id: str) -> str:
    """Return the question for the calls that an exchange caused."""
    return f"calls of {exchange_id}"
