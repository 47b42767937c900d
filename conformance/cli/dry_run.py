"""Prints the plan for `--dry-run`: every request, and the price of all in pictures and time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reports.text import plural, seconds, size
from conformance.send.adaptive_limit import MANY

if TYPE_CHECKING:
    from conformance.http.request import Request
    from conformance.plan.plan import Plan

ALSO_ACCEPTED = "if it accepts all that it may refuse"


def text(plan: Plan, concurrency: int, latency_s: float, max_images: int | None = None) -> str:
    """Return the plan: one line a request, then the totals.

    Args:
        plan: what would be sent.
        concurrency: how many requests are in flight at once; 0 if the run adapts it (`auto`).
        latency_s: how long the gateway takes for a request that it accepts.
        max_images: the cap of the run, if it has one.
    """
    requests = list(plan.requests.values())
    accepted = [r for r in requests if r.expected == "accepted" and r.pictures]
    expected = sum(r.pictures for r in accepted)
    most = expected + sum(r.pictures for r in requests if r.expected == "either")
    at_once = concurrency or MANY
    bound = "" if concurrency else " at most"
    successes = plural(len(accepted), "success", "successes")
    least_s = len(accepted) * latency_s / at_once
    rows = [
        *map(_row, requests),
        "",
        f"{plural(len(requests), 'request')} to {plan.target.url}",
        f"{len(plan.optional)} more only if the gateway refuses a request that asks for several things",
        f"{plural(expected, 'picture')} if the gateway is correct; at most {most}, {ALSO_ACCEPTED}",
        f"{seconds(least_s)} at least: {successes} x {latency_s:g} s, {at_once} at once{bound}",
    ]
    if max_images is not None and max_images < most:
        rows.append(
            f"--max-images {max_images} would end it early: the run spends no more than that"
        )
    return "\n".join(rows) + "\n"


def _row(request: Request) -> str:
    price = str(request.pictures) if request.pictures else "-"
    kind = {"accepted": "accept", "refused": "refuse", "either": "either"}[request.expected]
    body = size(len(request.body))
    return f"{request.id}  {request.method:<7} {kind:<7} {price:>3}  {body:>9}  {request.label}"
