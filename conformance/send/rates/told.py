"""What a gateway tells of its rate limit in the headers of an answer, as values.

Read are Retry-After (RFC 9110 §10.2.3, seconds or a date), retry-after-ms, X-RateLimit-Reset and
its kin (seconds, a moment in Unix time, or a duration such as `1m0.5s`), and the headers RateLimit
and RateLimit-Policy in the forms of the IETF's drafts (draft-ietf-httpapi-ratelimit-headers).
A value that is none of these is ignored, as if the header were missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.http.exchange import Reply

RESETS = (
    "x-ratelimit-reset-requests",
    "x-ratelimit-reset",
    "x-rate-limit-reset",
    "ratelimit-reset",
)
# A number above this is a moment in Unix time; above the second, one in milliseconds.
MOMENT, MOMENT_MS = 1e9, 1e12
UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
DURATION = re.compile(r"(?:[0-9]{1,9}(?:\.[0-9]{1,9})?(?:ms|s|m|h|d))+")
# A policy with a longer window is a quota: it does not say how quickly to send.
LONGEST_WINDOW_S = 3600


@dataclass(frozen=True)
class Told:
    """What an answer tells: seconds until a retry, and requests per second; None where it does not."""

    wait_s: float | None = None
    per_s: float | None = None


NOTHING = Told()


def told(reply: Reply, now: float) -> Told:
    """Return what an answer tells of the rate limit; `now` is the time in Unix seconds."""
    wait = retry_after(reply, now)
    if wait is None:
        wait = _reset(reply, now)
    return Told(wait, _per_s(reply))


def retry_after(reply: Reply, now: float) -> float | None:
    """Return the seconds that Retry-After or retry-after-ms names, not below 0."""
    in_ms = reply.header("retry-after-ms")
    if in_ms is not None and re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", in_ms):
        return float(in_ms) / 1000
    named = reply.header("retry-after")
    if named is None:
        return None
    if re.fullmatch(r"[0-9]{1,9}", named):
        return float(named)
    try:
        return max(parsedate_to_datetime(named).timestamp() - now, 0.0)
    except (ValueError, OverflowError):
        return None


def _reset(reply: Reply, now: float) -> float | None:
    for name in RESETS:
        value = reply.header(name)
        if value is not None and (seconds := _seconds(value.strip(), now)) is not None:
            return seconds
    current = reply.header("ratelimit") or ""
    # Older drafts: `limit=60, remaining=0, reset=30`; newer ones: `"default";r=0;t=30`.
    found = re.search(r"(?:^|[;,\s])(?:reset|t)=([0-9]{1,9})(?![0-9])", current)
    return float(found[1]) if found else None


def _seconds(value: str, now: float) -> float | None:
    """Return the seconds of a number, of a moment in Unix time or of a duration."""
    if re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,9})?", value):
        number = float(value)
        if number < MOMENT:
            return number
        return max((number / 1000 if number >= MOMENT_MS else number) - now, 0.0)
    if not DURATION.fullmatch(value):
        return None
    pieces = re.findall(r"([0-9.]+)(ms|s|m|h|d)", value)
    return sum(float(count) * UNITS_S[unit] for count, unit in pieces)


def _per_s(reply: Reply) -> float | None:
    """Return the rate of a policy, if it names exactly one: `60;w=60` or `"default";q=60;w=60`."""
    policy = reply.header("ratelimit-policy") or ""
    windows = re.findall(r";\s*w=([0-9]{1,9})(?![0-9])", policy)
    quota = re.search(r"(?:^\s*|;\s*q=)([0-9]{1,9})\s*(?:;|$)", policy)
    if len(windows) != 1 or quota is None:
        return None
    window, count = int(windows[0]), int(quota[1])
    return count / window if count and 0 < window <= LONGEST_WINDOW_S else None
