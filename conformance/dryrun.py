"""What `--dry-run` prints: every request of the plan, and the price of all in pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reports.text import size

if TYPE_CHECKING:
    from conformance.exchange import Request
    from conformance.plan import Plan


def text(plan: Plan) -> str:
    """Return the plan: one line a request, then the totals."""
    rows = [_row(r) for r in plan.requests.values()]
    accepted = sum(r.pictures for r in plan.requests.values() if r.expected == "accepted")
    either = sum(r.pictures for r in plan.requests.values() if r.expected == "either")
    rows += [
        "",
        f"{len(plan.requests)} requests to {plan.target.url}",
        f"{accepted} pictures if the gateway is correct; at most {either} more, for requests that",
        "it may accept or refuse",
        f"{len(plan.optional)} more requests only where one that asks several things is not accepted",
    ]
    return "\n".join(rows) + "\n"


def _row(request: Request) -> str:
    price = str(request.pictures) if request.pictures else "-"
    kind = {"accepted": "accept", "refused": "refuse", "either": "either"}[request.expected]
    body = size(len(request.body))
    return f"{request.id}  {request.method:<7} {kind:<7} {price:>3}  {body:>9}  {request.label}"
