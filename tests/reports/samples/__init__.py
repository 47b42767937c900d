"""Results as runs write them, to draw reports from: good, bad, ended early, hostile and large."""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING

from conformance.result.exchange_summary import ExchangeSummary, FormField
from conformance.result.findings import find
from conformance.result.model import (
    Diagnosis,
    Observation,
    RequirementResult,
    Result,
    Status,
    Verdict,
)
from conformance.result.timeline import Moment

if TYPE_CHECKING:
    from collections.abc import Callable

from .exchanges import EXCHANGES, HOSTILE, THUMBNAIL, URL, picture, sent
from .failing import FAILING
from .many import many, timeline
from .requirements import CLAUSES, OBSERVATIONS, PASSING, UNJUDGED, check, requirement

__all__ = ["ALL", "EXCHANGES", "HOSTILE", "PASSING", "THUMBNAIL", "URL", "check", "many", "sent"]


def _found(build: Callable[[], Result]) -> Callable[[], Result]:
    """Let a sample have the findings that a run would have made of it."""

    @functools.wraps(build)
    def with_findings() -> Result:
        result = build()
        return dataclasses.replace(result, findings=find(result))

    return with_findings


def _ordered(rows: tuple[RequirementResult, ...]) -> tuple[RequirementResult, ...]:
    return tuple(sorted(rows, key=lambda r: list(CLAUSES).index(r.clause)))


def conformant() -> Result:
    return Result(
        verdict=Verdict.CONFORMANT,
        profile="core",
        target={
            "url": "https://gateway.example",
            "path": "/v1/images/variations",
            "model": "openai/dall-e-2",
        },
        suite={"version": "0.1.0"},
        contract={"version": "1.0.0", "sha256": "9f2c" * 16},
        seed=20260101,
        started="2026-01-02T03:04:05+00:00",
        duration_s=12.3,
        requests=8,
        images=5,
        requirements=_ordered((*PASSING, *UNJUDGED)),
        clauses=CLAUSES,
        observations=OBSERVATIONS,
        exchanges={e.id: e for e in EXCHANGES},
        command="conformance run https://gateway.example --model openai/dall-e-2 --seed 20260101",
        notes=("The gateway looks like Bifrost (header server).",),
    )


@_found
def nonconformant() -> Result:
    return dataclasses.replace(
        conformant(),
        verdict=Verdict.NONCONFORMANT,
        requirements=_ordered((*PASSING, *UNJUDGED, *FAILING)),
        timeline=timeline(),
    )


def incomplete() -> Result:
    first = sent(1, "a good request", 404, '{"detail":"Not Found"}')
    return dataclasses.replace(
        conformant(),
        verdict=Verdict.INCOMPLETE,
        requirements=tuple(
            dataclasses.replace(
                r, status=Status.UNTESTABLE, checks=(), message="the run ended early"
            )
            for r in _ordered((*PASSING, *UNJUDGED))
        ),
        diagnosis=(
            Diagnosis(
                "The gateway has no such route: POST /v1/images/variations gets 404, "
                "and so does an impossible path beside it.",
                "gateway or address",
                "Check the address and --path; some gateways serve /openai/v1/images/variations.",
                ("x001",),
            ),
        ),
        exchanges={"x001": first},
        observations=(),
    )


@_found
def partial() -> Result:
    return dataclasses.replace(
        nonconformant(),
        verdict=Verdict.PARTIAL,
        requirements=tuple(
            r
            if r.clause == "N"
            else dataclasses.replace(r, status=Status.NOT_SELECTED, checks=(), message="")
            for r in nonconformant().requirements
        ),
    )


@_found
def hostile() -> Result:
    """Every text that a gateway or an operator can choose is as bad as it can be."""
    long = "A" * 1_000_000
    bad = ExchangeSummary(
        id="x666",
        label=f"label {HOSTILE}",
        method="POST",
        url=f"javascript:alert(1)//{HOSTILE}",
        request_headers=((f"X-{HOSTILE}", HOSTILE),),
        fields=(
            FormField(HOSTILE, HOSTILE + long, HOSTILE, HOSTILE, 3, "../../etc/passwd"),
            FormField("image", "", "a.png", "image/png", 3, "javascript:alert(1)"),
        ),
        request_body=HOSTILE + long,
        curl=f"curl '{HOSTILE}'",
        status=200,
        reply_headers=(("content-type", "text/html"), (HOSTILE, HOSTILE)),
        reply_body='{"a": "' + HOSTILE + long,
        reply_bytes=1_000_300,
        reply_truncated=True,
        pictures=(
            dataclasses.replace(picture(), source=HOSTILE, thumbnail="javascript:alert(1)"),
            dataclasses.replace(picture(), thumbnail="data:image/svg+xml,<svg onload=alert(1)>"),
            dataclasses.replace(picture(), thumbnail='data:image/png;base64,AA" onerror="x'),
        ),
        twin="x001",
    )
    failed = check(f"n.py::test_n[{HOSTILE}]", "fail", f"expected x, got {HOSTILE}\n{long}", "x666")
    deep = dataclasses.replace(bad, id="x<667>", reply_body="[" * 5000 + "]" * 5000)
    return dataclasses.replace(
        nonconformant(),
        target={"url": f"https://{HOSTILE}", "model": HOSTILE},
        command=f"conformance run '{HOSTILE}'",
        notes=(HOSTILE,),
        requirements=_ordered(
            (
                requirement("N-2", "MUST", "stated", f"Text {HOSTILE}", HOSTILE, failed, failed),
                requirement(
                    "N-3",
                    "SHOULD",
                    "stated",
                    "Warned.",
                    "",
                    check(HOSTILE, "warn", HOSTILE, "x<667>"),
                ),
                *FAILING[1:],
            )
        ),
        diagnosis=(Diagnosis(HOSTILE, HOSTILE, HOSTILE, ("x666", "gone")),),
        exchanges={e.id: e for e in (*EXCHANGES, bad, deep)},
        observations=(Observation("N-O1", "N", HOSTILE, (failed,)),),
        timeline=dataclasses.replace(
            timeline(Moment("finding", 1e9, HOSTILE, 1e9, 99), Moment("wait", 0, HOSTILE, 1e300)),
            in_flight=(10**40, 0, 3),
            answers={"success": (10**40,), HOSTILE: (1,)},
            pictures=(),
        ),
    )


@_found
def large() -> Result:
    """As much as a full run gives: 160 requirements, 480 checks, 300 exchanges."""
    exchanges = tuple(sent(n, f"request {n}", 200 if n % 7 else 400) for n in range(300))
    statuses = ["pass"] * 17 + ["fail", "warn", "not-applicable"]
    rows = tuple(
        requirement(
            f"{clause}-{n}",
            "MUST" if n % 3 else "SHOULD",
            "stated",
            f"Sentence {n} of {clause} holds for every request that a client may send.",
            "the documentation",
            *(
                check(
                    f"{clause.lower()}.py::test_{n}[case={k}]",
                    statuses[(n * 3 + k) % 20],
                    "expected 2xx, got 400" if statuses[(n * 3 + k) % 20] != "pass" else "",
                    f"x{(n * 17 + k * 5) % 300:03d}",
                )
                for k in range(3)
            ),
        )
        for clause in CLAUSES
        for n in range(1, 16)
    )
    return dataclasses.replace(
        nonconformant(),
        requirements=rows,
        exchanges={e.id: e for e in exchanges},
        requests=300,
    )


ALL = {
    "conformant": conformant,
    "nonconformant": nonconformant,
    "incomplete": incomplete,
    "partial": partial,
    "hostile": hostile,
    "large": large,
}
