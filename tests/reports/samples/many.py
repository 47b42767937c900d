"""Results with as many findings as wanted, and the timeline of a run that had its troubles."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from conformance.result.finding import Finding
from conformance.result.model import Result, Status
from conformance.result.timeline import MOST_SLOTS, Moment, Timeline

if TYPE_CHECKING:
    from conformance.result.exchange_summary import ExchangeSummary

from .exchanges import sent
from .requirements import CLAUSES, check, requirement

LASTED_S = 12.0


def timeline(*more: Moment, findings: int = 3) -> Timeline:
    slots = range(MOST_SLOTS)
    shown = range(1, min(findings, 50) + 1)
    return Timeline(
        slot_s=LASTED_S / MOST_SLOTS,
        in_flight=tuple(0 if 60 <= n < 75 else 1 + (n * 7) % 4 for n in slots),
        answers={
            "success": tuple(3 if n % 5 == 0 else 0 for n in slots),
            "refusal": tuple((n * 3) % 7 for n in slots),
            "limited": tuple(1 if n in (58, 59) else 0 for n in slots),
            "error": tuple(2 if n % 17 == 0 else 0 for n in slots),
        },
        pictures=tuple(3 if n % 5 == 0 else 0 for n in slots),
        moments=(
            Moment("answers", 0.2, "the first answer came, after 200 ms"),
            *(
                Moment("finding", 1.5 + n * 0.17, f"finding {n} first showed: a cause", 0.0, n)
                for n in shown
            ),
            Moment("wait", 6.0, "the gateway asked to wait 1.5 s (2 answers)", 1.5),
            Moment("fall", 9.0, "the gateway's process ended; it answered again", 0.8),
            Moment("again", 10.5, "12 requests were sent once more, to be sure"),
            Moment("end", LASTED_S, "the run ended after 12.0 s"),
            *more,
        ),
        left_out=2,
        sent=400,
    )


def many(like: Result, count: int) -> Result:
    """Return a result with so many findings, each with a requirement and three requests of its own."""
    clauses = list(CLAUSES)
    rows, found = [], []
    exchanges: dict[str, ExchangeSummary] = {}
    for n in range(1, count + 1):
        own = [sent(n * 10 + k, f"n={n * 100 + k}", 200 + k, twin="x001") for k in range(3)]
        exchanges |= {e.id: e for e in own}
        ids = tuple(e.id for e in own)
        row = requirement(
            f"{clauses[n % len(clauses)]}-{100 + n}",
            "MUST",
            "stated",
            f"A value of kind {n} outside its range is refused, whatever else the request says.",
            "Range 1 <= value <= 10",
            check(f"n.py::test_{n}", "fail", f"expected a refusal (4xx), got {199 + n}", *ids),
            hint="Check the range before the request is routed.",
        )
        rows.append(row)
        found.append(
            Finding(
                f"Accepted although it must be refused: a value of kind {n}, as in n={n * 100}",
                "MUST",
                Status.FAIL,
                (row.id,),
                tuple(c.node for c in row.checks),
                ids,
                "a refusal (4xx) because of n",
                f"{199 + n} with 3 items: " + '{"created": 1790000000, "data": []} ' * 5,
                key=f"accepted:n:{n}",
                harm="silent",
            )
        )
    rows.sort(key=lambda r: clauses.index(r.clause))
    return dataclasses.replace(
        like,
        requirements=(*like.requirements, *rows),
        findings=tuple(found),
        exchanges={**like.exchanges, **exchanges},
        timeline=timeline(findings=count),
    )
