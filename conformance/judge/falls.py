"""Charges a request that ended the gateway's process: to the requirement that forbids it.

A process that ends is the worst answer to a request, wherever it ends. So each culprit is charged to
the MUST that demands an answer to its input, and to ROBUST-1 or ROBUST-5 if its input has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.cases.generated import oracle
from conformance.contract import contract
from conformance.judge.ends import Failed, Flaky
from conformance.send.falls import since, suspects

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.http.request import Request
    from conformance.send.asked import Asked
    from conformance.send.falls import Culprit, Fall
    from conformance.target.target import Target

ENDED = "your gateway's process ended"
ODD, ANY = "ROBUST-1", "ROBUST-5"
# A restart that nobody asked for in the run may be a deployment; several are none.
MOST_RESTARTS = 1
SHOWN = 8


def charge(falls: Sequence[Fall], target: Target) -> None:
    """Fail for each request that ended the process, or for a process that did not come back.

    Raises:
        Failed: the process ended because of a request, or for good.
        Flaky: it ended several times, and no request ended it again.
    """
    culprits = {c.exchange.id: c for fall in falls for c in fall.culprits}
    failures = [_failure(c, target) for c in culprits.values()]
    gone = [f for f in falls if f.sure and not f.back]
    if gone and (last := suspects(falls)):
        failures.append(_for_good(gone[-1], last))
    if failures:
        first, *others = _each_requirement_once(failures)
        first.others = tuple(others)
        raise first
    found = restarts(falls)
    if len(found) > MOST_RESTARTS:
        times = ", ".join(found[:SHOWN])
        raise Flaky(
            f"{ENDED} {len(found)} times ({times}), and each time it came back; none of the"
            " requests before it did it again alone: look at its log"
        )


def restarts(falls: Sequence[Fall]) -> list[str]:
    """Return when the process ended and came back, where no request ended it again."""
    return [since(f) for f in falls if f.sure and f.back and not f.culprits]


def forbidden_by(request: Request, target: Target) -> str:
    """Return the MUST that forbids to break at a request."""
    usual = request.method == "POST" and not request.delivery
    keyless = target.auth == "none"
    if not usual or request.credential.change or not (request.credential.name or keyless):
        return ANY
    boundary = request.form.boundary if request.form is not None else ""
    good = {target.image} if target.image is not None else set()
    reading = oracle.read(request.body, boundary, models={target.model}, good=good)
    if reading.expected == "accepted":
        return ANY if request.expected == "accepted" else ODD
    known = contract.load().requirements
    named = [i for i in reading.charged if i != "IMAGE-1" and known[i].level == "MUST"]
    return (named or [ODD])[0]


def _failure(culprit: Culprit, target: Target) -> Failed:
    shown = culprit.exchange
    return Failed(
        f"{ENDED}: {culprit.label} [{shown.id}]: {culprit.text}",
        requirement=forbidden_by(shown.request, target),
        exchanges=(shown.id,),
    )


def _for_good(fall: Fall, last: list[Asked]) -> Failed:
    told = "; ".join(
        f"{a.request.label} [{a.request.id}] ({a.outcome or 'in flight'})" for a in last
    )
    return Failed(
        f"{ENDED} (connections refused since {since(fall)}), and it did not come back, so no request"
        f" could be asked again; what it was asked last, the oddest first: {told}",
        requirement=ANY,
        exchanges=tuple(a.request.id for a in last),
    )


def _each_requirement_once(failures: list[Failed]) -> list[Failed]:
    """Put the failures of one requirement together."""
    found: dict[str, Failed] = {}
    for one in failures:
        same = found.get(one.requirement)
        if same is None:
            found[one.requirement] = one
        else:
            found[one.requirement] = Failed(
                f"{same}\n{one}",
                requirement=one.requirement,
                exchanges=(*same.exchanges, *one.exchanges),
            )
    return list(found.values())
