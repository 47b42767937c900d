"""Gateways that take so many requests in a time: 429 is their weather, and no verdict.

The limits are those of real gateways in small, so that a run before them takes seconds.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.answers import as_json, envelope
from conformance.reference.differences import Variant
from conformance.reference.making import both, finish, on_call, with_others_inside
from conformance.reference.rates import Bucket, FixedWindow, SlidingWindow
from conformance.reference.values import Answer, Call, Fault, Headers, Refused, Upload

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.differences import Patch
    from conformance.reference.rates import RateLimit

TOO_MANY = Fault(429, "too many requests", code="rate_limit_exceeded", type="rate_limit_error")
UNAUTHORIZED = 401
MOST_AT_ONCE = 2
BRIEFLY_S = 0.01
RESET = (("x-ratelimit-remaining-requests", "0"), ("x-ratelimit-reset-requests", "250ms"))
POLICY = (("RateLimit-Policy", '"default";q=80;w=1'), ("RateLimit", '"default";r=0;t=1'))


def limited(new_limit: Callable[[], RateLimit], headers: Headers = ()) -> Patch:
    """Answer 429 to each call that a limit does not take, with these headers."""

    def patch(b: Behaviour) -> Behaviour:
        limit = new_limit()

        def taken(call: Call) -> Call:
            if not limit.takes(time.monotonic()):
                raise Refused(replace(TOO_MANY, headers=headers))
            return call

        return on_call(taken)(b)

    return patch


def refusals_limited(new_limit: Callable[[], RateLimit], when: Callable[[Fault], bool]) -> Patch:
    """Answer 429 in the place of a refusal, where a limit takes no more of those."""

    def patch(b: Behaviour) -> Behaviour:
        limit = new_limit()

        def faulty(fault: Fault) -> Fault:
            counts = when(fault) and fault is not TOO_MANY
            return TOO_MANY if counts and not limit.takes(time.monotonic()) else b.on_fault(fault)

        return replace(b, on_fault=faulty)

    return patch


def pictures_limited(new_limit: Callable[[], RateLimit]) -> Patch:
    """Answer 429 where a picture is fetched and a limit takes no more of those."""

    def patch(b: Behaviour) -> Behaviour:
        limit = new_limit()

        def served(answer: Answer, upload: Upload) -> Answer:
            if limit.takes(time.monotonic()):
                return b.on_file(answer, upload)
            return Answer(TOO_MANY.status, (), as_json(envelope(TOO_MANY)))

        return replace(b, on_file=served)

    return patch


def _third_at_once(before: int) -> None:
    if before >= MOST_AT_ONCE:
        raise Refused(TOO_MANY)


def _as_text(answer: Answer, _: Call) -> Answer:
    if answer.status != TOO_MANY.status:
        return answer
    return replace(answer, headers=(("Content-Type", "text/plain"),), body=b"Too Many Requests\n")


VARIANTS = (
    Variant(
        "fixed-window",
        "Forty requests in each window of 0.4 s; all others get 429 without Retry-After.",
        limited(lambda: FixedWindow(40, 0.4)),
    ),
    Variant(
        "sliding-window",
        "Forty requests in any 0.4 s; all others get 429 as plain text.",
        both(limited(lambda: SlidingWindow(40, 0.4)), finish(_as_text)),
    ),
    Variant(
        "token-bucket",
        "A hundred requests a second, ten at once; all others get 429 without Retry-After.",
        limited(lambda: Bucket(100, 10)),
    ),
    Variant(
        "leaky-bucket",
        "A hundred requests a second, two at a time; all others get 429 without Retry-After.",
        limited(lambda: Bucket(100, 2)),
    ),
    Variant(
        "names-its-reset",
        "A limit of requests, and a 429 that names the reset as OpenAI's API does.",
        limited(lambda: FixedWindow(40, 0.25), RESET),
    ),
    Variant(
        "names-its-policy",
        "A limit of requests, and a 429 with RateLimit and RateLimit-Policy.",
        limited(lambda: Bucket(80, 80), POLICY),
    ),
    Variant(
        "limits-refusals",
        "Eighty refusals a second; more of them get 429, and good requests never do.",
        refusals_limited(lambda: Bucket(80, 20), lambda fault: fault.status < TOO_MANY.status),
    ),
    Variant(
        "limits-strangers",
        "Twenty bad credentials a second; more of them get 429, and nobody else does.",
        refusals_limited(lambda: Bucket(20, 5), lambda fault: fault.status == UNAUTHORIZED),
    ),
    Variant(
        "limits-pictures",
        "Ten pictures are fetched in each 0.5 s; for more of them there is 429.",
        pictures_limited(lambda: FixedWindow(10, 0.5)),
    ),
    Variant(
        "two-at-once-untold",
        "A third request in flight is answered with 429, without Retry-After.",
        with_others_inside(_third_at_once, BRIEFLY_S),
    ),
)
