"""Charges a request that ended the gateway's process: to the requirement that forbids it.

A process that ends is the worst answer to a request, wherever it ends. So each culprit is charged to
the MUST that demands an answer to its input, and to ROBUST-1 or ROBUST-5 if its input has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.cases.generated import oracle
from conformance.contract import contract
from conformance.judging.ends import Failed, Flaky
from conformance.send.outages.falls import since, suspects

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.cases.generated.oracle import Reading
    from conformance.http.request import Request
    from conformance.send.outages.asked import Asked
    from conformance.send.outages.falls import Culprit, Fall
    from conformance.target.target import Target

ENDED = "your gateway's process ended"
ODD, ANY = "ROBUST-1", "ROBUST-5"
# A restart that nobody asked for in the run may be a deployment; several are none.
MOST_RESTARTS = 1
SHOWN = 8


def charge(
    falls: Sequence[Fall], target: Target, known: Mapping[str | None, Request] | None = None
) -> None:
    """Fail for each request that ended the process, or for a process that did not come back.

    Args:
        falls: when the process ended.
        target: the gateway under test.
        known: the requests of the run by their ids, controls among them.

    Raises:
        Failed: the process ended because of a request, or for good.
        Flaky: it ended several times, and no request ended it again.
    """
    culprits = {c.exchange.id: c for fall in falls for c in fall.culprits}
    failures = [_failure(c, target, (known or {}).get(c.control)) for c in culprits.values()]
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


def forbidden_by(request: Request, target: Target, control: Request | None = None) -> str:
    """Return the MUST that forbids to break at a request.

    An odd input may stand beside a fault, so that it costs no picture. What the control breaks, too,
    did not end the process.
    """
    usual = request.method == "POST" and not request.delivery
    keyless = target.auth == "none"
    if not usual or request.credential.change or not (request.credential.name or keyless):
        return ANY
    reading = _reading(request, target)
    if reading.expected == "accepted":
        return ANY if request.expected == "accepted" else ODD
    known = contract.load().requirements
    beside = {"IMAGE-1"}
    if control is not None and control.expected == "refused":
        beside |= {*_reading(control, target).charged}
    named = [i for i in reading.charged if i not in beside and known[i].level == "MUST"]
    return (named or [ODD])[0]


def _reading(request: Request, target: Target) -> Reading:
    boundary = request.form.boundary if request.form is not None else ""
    good = {target.image} if target.image is not None else set()
    return oracle.read(request.body, boundary, models={target.model}, good=good)


def _failure(culprit: Culprit, target: Target, control: Request | None) -> Failed:
    shown = culprit.exchange
    return Failed(
        f"{ENDED}: {culprit.label} [{shown.id}]: {culprit.text}",
        requirement=forbidden_by(shown.request, target, control),
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
