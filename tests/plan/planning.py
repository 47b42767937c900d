"""Plans of a few specs for a gateway that is not there, and what they bound."""

from __future__ import annotations

from typing import Any

from conformance.cases.spec import PLAIN, Spec, fault, variation
from conformance.http.request import Request
from conformance.plan.plan import Plan, Unavailable
from tests.serving import target_at

URL = "http://127.0.0.1:9"
REFUSED = fault(variation(n=11), control=PLAIN)


def plan_for(*specs: Spec, seed: int = 1, **flags: Any) -> Plan:
    made = Plan(target_at(URL, **flags), seed)
    for spec in specs:
        made.add(spec)
    return made


def request_of(spec: Spec, **flags: Any) -> Request:
    bound = plan_for(**flags).bind(spec)
    assert isinstance(bound, Request)
    return bound


def reason(spec: Spec, **flags: Any) -> str:
    found = plan_for(**flags).add(spec)
    assert isinstance(found, Unavailable)
    return found.reason


def picture(request: Request) -> bytes:
    assert request.form is not None
    return next(p.content for p in request.form.parts if p.filename is not None)
