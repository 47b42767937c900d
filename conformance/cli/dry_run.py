"""Prints the plan for `--dry-run`: every request, and the price of all in pictures and time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.http.deliveries import ANSWERS
from conformance.reports.text import plural, seconds, size
from conformance.send.deadlines import deadline
from conformance.send.rates.adaptive_limit import MANY

if TYPE_CHECKING:
    from conformance.http.request import Request
    from conformance.plan.plan import Plan
    from conformance.target.options import Limits

ALSO_ACCEPTED = "if it accepts all that it may refuse"


def text(plan: Plan, limits: Limits, latency_s: float, laxest: int) -> str:
    """Return the plan: one line a request, then the totals.

    Args:
        plan: what would be sent.
        limits: how many requests are in flight at once (0: the run adapts it), how many pictures
            the run may spend, and how many requests the gateway takes per second.
        latency_s: how long the gateway takes for a request that it accepts.
        laxest: how many pictures a gateway that accepts everything makes at most.
    """
    requests = list(plan.requests.values())
    accepted = [r for r in requests if r.expected == "accepted" and r.pictures]
    expected = sum(r.pictures for r in accepted)
    most = expected + sum(r.pictures for r in requests if r.expected == "either")
    at_once = limits.concurrency or MANY
    bound = "" if limits.concurrency else " at most"
    successes = plural(len(accepted), "success", "successes")
    least_s = len(accepted) * latency_s / at_once
    rows = [
        *map(_row, requests),
        "",
        f"{plural(len(requests), 'request')} to {plan.target.url}",
        f"{len(plan.optional)} more only if the gateway refuses a request that asks for several things",
        f"{plural(expected, 'picture')} if the gateway is correct; at most {most}, {ALSO_ACCEPTED}",
        f"{laxest} at most if it accepts everything: what is known to be accepted is not asked again",
        f"{seconds(least_s)} at least: {successes} x {latency_s:g} s, {at_once} at once{bound}",
    ]
    if limits.per_s is not None:
        rows.append(_paced(plan, limits.per_s))
    rows.append(_bound(plan, limits, latency_s))
    max_images = limits.max_images
    if max_images is not None and max_images < most:
        rows.append(
            f"--max-images {max_images} would end it early: the run spends no more than that"
        )
    return "\n".join(rows) + "\n"


def _bound(plan: Plan, limits: Limits, latency_s: float) -> str:
    """Return how long the run may take, if each answer takes so long."""
    bound_s = deadline.bound_of(plan.requests.values(), limits, latency_s)
    if limits.max_time_s is not None:
        return f"{seconds(bound_s)} at most (--max-time): what has no answer then is untestable"
    return (
        f"{seconds(bound_s)} at most, longer if the gateway limits its rate or answers more slowly;"
        " --max-time sets another bound"
    )


def _paced(plan: Plan, per_s: float) -> str:
    """Return how long the plan takes at a rate; the urls that the gateway serves count as well."""
    asked = list(plan.requests.values())
    urls = sum(r.pictures for r in asked if r.expected == "accepted" and not _in_base64(r))
    urls = urls if plan.target.fetch else 0
    count = sum(ANSWERS.get(r.delivery, 1) for r in asked) + urls
    return (
        f"{seconds(count / per_s)} at least with --rate: {plural(count, 'request')}, {urls} of them"
        f" for pictures, at {60 * per_s:g} a minute"
    )


def _in_base64(request: Request) -> bool:
    return request.asked("response_format") == "b64_json"


def _row(request: Request) -> str:
    price = str(request.pictures) if request.pictures else "-"
    kind = {"accepted": "accept", "refused": "refuse", "either": "either"}[request.expected]
    body = size(len(request.body))
    return f"{request.id}  {request.method:<7} {kind:<7} {price:>3}  {body:>9}  {request.label}"
