"""Makes the findings of a result: cause, requirements, the smallest witness, what it explains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.http.status import is_client_error
from conformance.result.findings.causes import Causes
from conformance.result.findings.cover import covered
from conformance.result.findings.failures import failures, is_server_error, size_of
from conformance.result.findings.harm import gravest
from conformance.result.findings.keys import key_of
from conformance.result.findings.wording import sentence
from conformance.result.harm import GRAVEST_FIRST, Harm
from conformance.result.model import Finding, Status
from conformance.result.verdict import worst

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.result.exchange_summary import ExchangeSummary
    from conformance.result.findings.causes import Cause
    from conformance.result.findings.failures import Failure
    from conformance.result.model import Result

LEVELS = ("MUST", "SHOULD", "MAY")


def find(result: Result) -> tuple[Finding, ...]:
    """Return the findings of a result: by level, then by what they do to users, then what breaks most."""
    failed = failures(result)
    found = [
        _finding(cause, of_it, result)
        for cause, of_it in covered(failed, Causes(failed, result).of)
    ]
    return tuple(sorted(found, key=_gravity))


def _gravity(finding: Finding) -> tuple[int, bool, int, int, int]:
    warns = finding.status is Status.WARN
    harm = GRAVEST_FIRST.index(Harm(finding.harm))
    broken, checks = len(finding.requirements), len(finding.checks)
    return LEVELS.index(finding.level), warns, harm, -broken, -checks


def _finding(cause: Cause, failed: Sequence[Failure], result: Result) -> Finding:
    must = [f for f in failed if f.requirement.level == "MUST"]
    witness = min(must or failed, key=_size)
    rows = sorted(failed, key=lambda f: LEVELS.index(f.requirement.level))
    shown = {e.id: e for f in (witness, *sorted(failed, key=_size)) for e in f.shown}
    return Finding(
        cause=sentence(cause, failed, witness),
        level=min((f.requirement.level for f in failed), key=LEVELS.index),
        status=worst([f.check.status for f in failed]),
        requirements=tuple(dict.fromkeys(f.requirement.id for f in rows)),
        checks=tuple(dict.fromkeys(f.check.node for f in failed)),
        exchanges=tuple(shown),
        expected=witness.expected,
        got=witness.got,
        decided_by="provider" if witness.first and _left_to_provider(witness.first) else "",
        explains=_explained(set(shown), result),
        key=key_of(cause, failed),
        harm=gravest(failed).value,
    )


def _size(failure: Failure) -> tuple[bool, int, int, int]:
    """Return how large the request is that shows a failure best."""
    return size_of(failure.first) if failure.first else (True, 0, 0, 0)


def _left_to_provider(exchange: ExchangeSummary) -> bool:
    """Return whether the provider had refused what the gateway then answered in another way."""
    refused = any(
        call.status is not None and is_client_error(call.status) for call in exchange.calls
    )
    return refused and is_server_error(exchange)


def _explained(ids: set[str], result: Result) -> tuple[str, ...]:
    """Return the requirements that could not be judged, because they needed one of these answers."""
    return tuple(
        requirement.id
        for requirement in result.requirements
        if requirement.status is Status.UNTESTABLE
        and any(
            check.status is Status.UNTESTABLE and _reads(check.exchanges, ids, result)
            for check in requirement.checks
        )
    )


def _reads(read: Sequence[str], ids: set[str], result: Result) -> bool:
    controls = {result.exchanges[id_].twin for id_ in read if id_ in result.exchanges}
    return bool(ids.intersection(read) or ids.intersection(c for c in controls if c))
