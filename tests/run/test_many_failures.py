"""Gateways that break many requirements: there are as many findings as there are causes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import pytest

from conformance.cli.embedded_runs import judged
from conformance.reference.making import edit_success, on_fault, on_refusal
from conformance.reports import terminal
from conformance.result.findings.failures import FAILED, size_of, witnesses
from tests.amount import some

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour
    from conformance.reference.differences import Patch
    from conformance.reference.values import Answer, Fault
    from conformance.result.model import Finding, Result

# Two screens of a terminal of 80 columns.
TWO_SCREENS = 100
TRACE = 'Traceback (most recent call last):\n  File "/srv/app/main.py", line 42, in create\nValueError: {}\n'


def _open(b: Behaviour) -> Behaviour:
    """Ask nobody for a credential."""
    return replace(b, authenticates=False)


def _as_500(fault: Fault) -> Fault:
    return replace(fault, status=500) if fault.status in (400, 404) else fault


def _as_trace(answer: Answer, fault: Fault) -> Answer:
    if answer.status not in (400, 404):
        return answer
    body = json.dumps({"error": {"message": TRACE.format(fault.message)}}).encode()
    return replace(answer, status=500, body=body)


def _passed_on(answer: Answer, fault: Fault) -> Answer:
    body = json.dumps({"error": {"message": fault.message, "type": "invalid_request_error"}})
    return replace(answer, body=body.encode())


def _without_pictures(b: Behaviour) -> Behaviour:
    return edit_success(lambda body, _: {**body, "data": None})(b)


class Gateway(NamedTuple):
    """A gateway with many failures, and the requirements of each of its causes."""

    causes: tuple[set[str], ...]
    defects: tuple[str, ...] = ()
    patches: tuple[Patch, ...] = ()
    observed: bool = False


GATEWAYS = {
    "a 500 for every refusal": Gateway(
        ({"N-2", "N-3", "SIZE-2", "FORMAT-6", "MODEL-1", "IMAGE-4", "MEDIA-2"},),
        patches=(on_fault(_as_500),),
    ),
    "a traceback for every refusal": Gateway(
        ({"N-2", "SIZE-2", "FORMAT-6", "IMAGE-4", "ERROR-9"},),
        patches=(on_refusal(_as_trace),),
    ),
    "errors without the documented body": Gateway(({"ERROR-1"},), ("detail-instead-of-envelope",)),
    "no authentication": Gateway(
        ({"AUTH-4", "AUTH-5", "AUTH-9", "AUTH-10", "AUTH-11", "AUTH-12"},), patches=(_open,)
    ),
    "a provider's errors passed on": Gateway(
        ({"ERROR-1"},), patches=(on_refusal(_passed_on),), observed=True
    ),
    "a cache without the picture": Gateway(({"CACHE-1"},), ("cache-ignores-picture",)),
    "answers without pictures": Gateway(({"BODY-5", "N-1", "N-7"},), patches=(_without_pictures,)),
    "n and size left unchecked, no authentication": Gateway(
        ({"N-2"}, {"AUTH-4"}, {"SIZE-2"}),
        ("n-eleven-accepted", "size-case-folded"),
        patches=(_open,),
    ),
    "a 500 for every refusal, and no authentication": Gateway(
        ({"N-2", "SIZE-2", "FORMAT-6"}, {"AUTH-4", "AUTH-5"}), patches=(_open, on_fault(_as_500))
    ),
    "six faults": Gateway(
        ({"ERROR-1"}, {"N-2"}, {"FORMAT-1"}, {"AUTH-9"}, {"MEDIA-4"}, {"CACHE-2"}),
        (
            "detail-instead-of-envelope",
            "n-wraps-at-32-bits",
            "default-url-relative",
            "jwt-not-verified",
            "missing-boundary-guessed",
            "cache-ignores-n",
        ),
    ),
}


@pytest.mark.parametrize("name", some([*GATEWAYS], of=2))
def test_one_cause_is_one_finding(name: str) -> None:
    gateway = GATEWAYS[name]
    result = judged(gateway.defects, patches=gateway.patches, observed=gateway.observed)
    broken = [set(f.requirements) for f in result.findings if f.level == "MUST"]
    assert len(broken) == len(gateway.causes), [(f.cause, f.requirements) for f in result.findings]
    for cause in gateway.causes:
        assert any(cause <= found for found in broken), (cause, broken)
    assert sorted(node for f in result.findings for node in f.checks) == sorted(failed(result))
    for finding in result.findings:
        assert finding.exchanges[0] == smallest(finding, result)
        assert result.exchanges[finding.exchanges[0]].curl
    assert terminal.summary(result, 80, color=False).count("\n") <= TWO_SCREENS


def failed(result: Result) -> list[str]:
    """Return the checks that failed."""
    return [c.node for r in result.requirements for c in r.checks if c.status in FAILED]


def smallest(finding: Finding, result: Result) -> str:
    """Return the id of the smallest request that shows a finding at its level."""
    first = [
        next(witnesses(check, result.exchanges))
        for requirement in result.requirements
        for check in requirement.checks
        if check.node in finding.checks and requirement.level == finding.level
    ]
    return min(first, key=size_of).id
